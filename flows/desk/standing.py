"""How the deployed programs do: what an operator asks, of each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psutil

from flows.connectors.log_ages import Place
from flows.desk import backlog, programs
from flows.desk.backlog import Left, Log
from flows.desk.deployed import Program
from flows.desk.desk import Desk
from flows.desk.meaning import AUDIT
from flows.desk.readiness import status_of
from flows.desk.supervisor import Process
from flows.running.flow import OURS, named
from flows.stack.failure import last_words
from flows.stack.process import resident_bytes
from flows.stack.settings import Settings

_INTERVAL_S = 1.0
_SECOND_WORD_S = 2.0
_POLL_S = 0.05
# Status files are renewed every second.
_SILENT_S = 5.0
_BEHIND_S = 30.0


@dataclass(frozen=True)
class Standing:
    """One program. None: it has no such number, or nobody can say."""

    name: str
    state: str
    """`running`, `starting`, `stopped` (by an operator), `down`, `restarting` (ended just now), `failing` (waits for
    its next try), `silent` (runs, without a word of itself), `behind`, `waiting`."""
    why: str = ""
    """What is not well."""
    note: str = ""
    """What else there is to know."""
    pid: int | None = None
    engine: str | None = None
    version: str | None = None
    records_per_s: float | None = None
    lag_records: int | None = None
    lag_s: float | None = None
    """Age of the oldest record that it has not worked through."""
    positions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By topic and partition, the offset behind the last record worked through."""
    snapshot_age_s: float | None = None
    """Since its state was saved last."""
    running_s: float | None = None
    restarts: int = 0
    """By the supervisor, since it was last told to run."""
    resident_bytes: int | None = None
    dead_letters: int | None = None
    """ingestor, router: since their start; flows: among the newest of the log (flows/connectors/dead_letters.py)."""

    @property
    def well(self) -> bool:
        return self.state in ("running", "starting", "stopped")


def read(desk: Desk, settings: Settings) -> tuple[list[Standing], Log]:
    """Takes over a second: rates are the difference of two looks. Raises DeskError."""
    known = desk.deployed().programs
    deployed = {name: known[name] for name in sorted(known, key=programs.order)}
    processes = desk.supervisor.processes()
    first = {name: status_of(desk.places, name) for name in deployed}
    log = backlog.look(settings) if deployed else Log()
    second = _renewed(desk, first, processes)
    left = {name: backlog.left(second[name], log) for name in deployed}
    ages_s = backlog.ages_s(settings, left.values())
    found = [
        _standing(desk, program, processes.get(name), (first[name], second[name]), left[name], ages_s, log)
        for name, program in deployed.items()
    ]
    return found, log


def _renewed(desk: Desk, first: Mapping[str, dict[str, Any]], processes: Mapping[str, Process]) -> dict[str, Any]:
    """The next word of each that runs."""
    begin_s = time.monotonic()
    second: dict[str, Any] = {}
    waiting = set(first)
    while waiting:
        passed_s = time.monotonic() - begin_s
        for name in list(waiting):
            now = status_of(desk.places, name)
            runs = name in processes and processes[name].pid is not None
            is_new = passed_s > _INTERVAL_S and now.get("updated_ns") != first[name].get("updated_ns")
            if is_new or not runs or not first[name] or passed_s > _SECOND_WORD_S:
                second[name] = now
                waiting.discard(name)
        time.sleep(_POLL_S)
    return second


def _standing(
    desk: Desk,
    program: Program,
    process: Process | None,
    words: tuple[dict[str, Any], dict[str, Any]],
    left: Left | None,
    ages_s: Mapping[tuple[Place, int], float],
    log: Log,
) -> Standing:
    status = words[1]
    pid = process.pid if process else None
    lag_s = None if left is None else max((ages_s.get((one, at), 0.0) for one, (at, _) in left.items()), default=0.0)
    restarts = _restarts(desk, program.name)
    state, why = _state(desk, program, process, status, lag_s, restarts)
    return Standing(
        name=program.name,
        state=state,
        why=why,
        note=_note(program, status),
        pid=pid,
        engine=_engine(status, program),
        version=program.version or None,
        records_per_s=_rate(*words) if pid else None,
        lag_records=status.get("unacknowledged") if left is None else sum(count for _, count in left.values()),
        lag_s=lag_s,
        positions=status.get("positions", {}),
        snapshot_age_s=_snapshot_age_s(status),
        running_s=time.time() - process.started_s if process and pid else None,
        restarts=restarts,
        resident_bytes=_memory(pid) if pid else None,
        dead_letters=_dead_letters(program, status, log),
    )


def _state(
    desk: Desk, program: Program, process: Process | None, status: dict[str, Any], lag_s: float | None, restarts: int
) -> tuple[str, str]:
    if not program.wanted:
        return "stopped", ""
    if process is None or process.state in ("stopped", "stopping"):
        return "down", "nothing runs it: `tapeflow deploy` brings it up"
    if process.state in ("backoff", "exited", "fatal"):
        said = last_words(desk.places.log(program.name)) or "it says nothing"
        return "failing", f"it ends soon after each start: {said}; `tapeflow logs {program.name}` says more"
    if process.state == "starting" and restarts:
        return (
            "restarting",
            f"it ended, and was started again {restarts} times: `tapeflow logs {program.name}` says why",
        )
    silent_s = time.time() - status.get("updated_ns", 0) / 1e9
    if silent_s > _SILENT_S and status:
        young = time.time() - process.started_s < _SILENT_S
        return ("starting", "") if young else ("silent", f"it has not said anything of itself for {silent_s:.0f} s")
    if status.get("waiting_for"):
        return "waiting", f"for ClickHouse: {status['waiting_for']}"
    if program.is_member and not any(status.get("positions", {}).values()):
        return "waiting", f"for the flow's processes on other machines: {program.after('--addresses')}"
    if program.program == "tapeflow-ingestor" and status.get("state") != "connected":
        return "waiting", "it has no connection to its venue"
    if lag_s is not None and lag_s > _BEHIND_S:
        return "behind", f"by {lag_s:.0f} s"
    return "running", ""


def _rate(first: dict[str, Any], second: dict[str, Any]) -> float | None:
    """Records a second between two words; None if there were none, or only one."""
    before, now = _done(first), _done(second)
    seconds = float(second.get("updated_ns", 0) - first.get("updated_ns", 0)) / 1e9
    if seconds <= 0 or before is None or now is None:
        return None
    return max(0.0, (now - before) / seconds)


def _done(status: dict[str, Any]) -> int | None:
    if "ticks_acknowledged" in status:
        return int(status["ticks_acknowledged"])
    positions = status.get("positions", {})
    return sum(sum(one.values()) for one in positions.values()) if any(positions.values()) else None


def _engine(status: dict[str, Any], program: Program) -> str | None:
    """What runs, by the flow's own word; before that, what it was told."""
    if program.program != "tapeflow":
        return "rust" if program.program != "stack" else None
    told = dict(pair.split("=", 1) for pair in program.arguments if "=" in pair)
    running: dict[str, set[str]] = {stage: set() for stage in _stages(program, status)}
    for stages in status.get("engines", {}).values():
        for stage, standing in stages.items():
            running.setdefault(stage, set()).update(standing["running"])
    by_stage = {stage: "+".join(sorted(engines)) or told.get(stage, "rust") for stage, engines in running.items()}
    if len(set(by_stage.values())) == 1:
        return next(iter(by_stage.values()))
    return " ".join(f"{stage}:{engine}" for stage, engine in by_stage.items()) or None


def _stages(program: Program, status: dict[str, Any]) -> Sequence[str]:
    """Of a flow; of one's own it says so itself."""
    return named(program.flow).stages if program.flow in OURS else status.get("stages", ())


def _snapshot_age_s(status: dict[str, Any]) -> float | None:
    saved_ns = status.get("saved_ns")
    return max(0.0, time.time() - saved_ns / 1e9) if saved_ns else None


def _note(program: Program, status: dict[str, Any]) -> str:
    if not program.is_own or not status or status["positions"]:
        return ""
    return (
        "tells no positions, for it reads by none of Tapeflow's sources: let it begin with "
        "flows.running.wiring.Wiring, or with op.input of a flows.connectors.kafka_source.KafkaSource"
    )


def _restarts(desk: Desk, name: str) -> int:
    try:
        return max(0, len(desk.places.starts(name).read_text().splitlines()) - 1)
    except FileNotFoundError:
        return 0


def _memory(pid: int) -> int:
    """With the processes that it started."""
    try:
        children = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return 0
    return resident_bytes(pid) + sum(resident_bytes(child.pid) for child in children)


def _dead_letters(program: Program, status: dict[str, Any], log: Log) -> int | None:
    if "dead_letters" in status:
        return int(status["dead_letters"])
    stages = (AUDIT,) if program.name == AUDIT else _stages(program, status)
    # Those of flows that write elsewhere are elsewhere, too.
    if log.away or not stages or program.after("--output-prefix"):
        return None
    return sum(log.dead_letters[stage] for stage in stages)
