"""Another version of Tapeflow, or another engine, for a flow that runs: through the gate, or at once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.comparison import versions
from flows.comparison.report import Report
from flows.comparison.side import SideFailed
from flows.config import STAGES
from flows.desk import gate
from flows.desk.deployed import DeskError
from flows.desk.desk import Desk
from flows.desk.gate import Candidate, Refused
from flows.desk.plan import Asked, Planned, Version
from flows.running.flow import OURS, named
from flows.running.flow_options import ENGINES
from flows.stack.settings import Settings

INSTALLED = "installed"


@dataclass(frozen=True)
class Upgrade:
    """What `tapeflow deploy FLOW --candidate` says."""

    asked: Asked
    candidate: str
    """A checkout, a wheel, a git ref, `installed`, or an engine."""
    shadow_for: str
    accepted: Sequence[str] = ()


def through_the_gate(desk: Desk, upgrade: Upgrade, say: Callable[[str], None]) -> Report:
    """Runs the candidate in shadow, and puts it in the live flow's place if it may. What was found is in `Refused` too.

    Raises Refused, DeskError, NotReady, and what a deployment raises.
    """
    seconds = gate.seconds_of(upgrade.shadow_for)
    flow = upgrade.asked.word or ""
    if flow not in OURS:
        raise DeskError(f"--candidate is for one of Tapeflow's flows, {', '.join(OURS)}: name it")
    desk.names(flow)
    asked = with_candidate(desk, upgrade.asked, upgrade.candidate, say)
    planned = next(one for one in desk.plan(asked).planned if one.program.name == flow)
    say(f"{flow}: {upgrade.candidate} runs in shadow for {upgrade.shadow_for}, from its first record on")
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "tapeflow.toml"
        config.write_text(planned.config)
        what = _engine(planned) if upgrade.candidate in (*ENGINES, INSTALLED) else upgrade.candidate
        candidate = Candidate(flow, what, _engine(planned), config, desk.places.status(flow))
        try:
            report = gate.compare(Settings.load(desk.places.data_dir), candidate, seconds, say)
        except SideFailed as error:
            raise Refused(flow, str(error)) from error
    gate.judge(report, upgrade.accepted)
    desk.deploy(asked)
    return report


def with_candidate(desk: Desk, asked: Asked, candidate: str, say: Callable[[str], None]) -> Asked:
    """The same deployment with another version or engine. Raises NoVersion."""
    if candidate in ENGINES:
        stages = named(asked.word or "").stages if asked.word in OURS else STAGES
        return replace(asked, sets=(*asked.sets, *(f"engines.{stage}={candidate}" for stage in stages)))
    if candidate == INSTALLED:
        return replace(asked, version=Version())
    found = versions.find(candidate, desk.places.data_dir / "versions", say)
    return replace(asked, version=Version(candidate, str(found.folder), found.python))


def _engine(planned: Planned) -> str:
    """That of a candidate's stages; either one where they differ, since both make the same bits."""
    told = {word.partition("=")[2] for word in planned.program.arguments if word.split("=")[0] in STAGES}
    return told.pop() if len(told) == 1 else "rust"
