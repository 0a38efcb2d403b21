"""Another version of Tapeflow or of one's own flow, or another engine, for a flow that runs: through the gate, or at
once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.comparison import versions
from flows.comparison.own_stages import NotComparable
from flows.comparison.report import Report
from flows.comparison.side import SideFailed
from flows.comparison.sides import Chosen
from flows.config import STAGES
from flows.desk import gate, programs
from flows.desk.deployed import DeskError, Program
from flows.desk.desk import Desk
from flows.desk.gate import Candidate, Refused
from flows.desk.meaning import AUDIT
from flows.desk.plan import Asked, Planned, Version
from flows.desk.readiness import status_of
from flows.running.flow import OURS, Flow, code_of, is_own, named
from flows.running.flow_options import ENGINES
from flows.stack.settings import Settings

INSTALLED = "installed"


@dataclass(frozen=True)
class Upgrade:
    """What `tapeflow deploy FLOW --candidate` says."""

    asked: Asked
    candidate: str
    """As `with_candidate` takes it."""
    shadow_for: str
    accepted: Sequence[str] = ()


def through_the_gate(desk: Desk, upgrade: Upgrade, say: Callable[[str], None]) -> Report:
    """Runs the candidate in shadow, and puts it in the live flow's place if it may. What was found is in `Refused` too.

    Raises Refused, NotComparable, DeskError, NotReady, and what a deployment raises.
    """
    seconds = gate.seconds_of(upgrade.shadow_for)
    if upgrade.asked.word is None:
        raise DeskError("--candidate is for one flow: name it")
    [name, *_] = desk.names(programs.name_of(upgrade.asked.word))
    live = desk.deployed().programs[name]
    if not live.flow or name == AUDIT:
        raise DeskError(f"--candidate is for flows that have stages, and {name} has none")
    if live.is_member:
        raise DeskError(
            f"{name} has processes on other machines, and all have to change at once: compare by "
            f"`tapeflow shadow {name} --live`, then deploy with --version on each"
        )
    flow = _live(desk, live)
    asked = with_candidate(desk, replace(upgrade.asked, word=name), upgrade.candidate, say)
    planned = next(one for one in desk.plan(asked).planned if one.program.name == name)
    say(f"{name}: {upgrade.candidate} runs in shadow for {upgrade.shadow_for}, from its first record on")
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "tapeflow.toml"
        config.write_text(planned.config)
        side = _side(planned, config)
        candidate = Candidate(flow, side, config, desk.places.status(name), live.after("--output-prefix") or None)
        try:
            report = gate.compare(Settings.load(desk.places.data_dir), candidate, seconds, say)
        except SideFailed as error:
            raise Refused(name, str(error)) from error
    gate.judge(report, upgrade.accepted)
    desk.deploy(asked)
    return report


def with_candidate(desk: Desk, asked: Asked, candidate: str, say: Callable[[str], None]) -> Asked:
    """The same deployment with another version: an engine, a checkout, wheel or git ref of Tapeflow, `installed`; of
    one's own flow a file or package that stands for it, or a git ref of the repository where it lies. Raises NoVersion.
    """
    word = asked.word or ""
    if candidate in ENGINES:
        stages = named(word).stages if word in OURS else STAGES
        return replace(asked, sets=(*asked.sets, *(f"engines.{stage}={candidate}" for stage in stages)))
    if candidate == INSTALLED:
        return replace(asked, version=Version())
    own, cache = _own(desk, word), desk.places.data_dir / "versions"
    if own and is_own(candidate) and code_of(candidate):
        return replace(asked, version=Version(candidate, flow=str(Path(candidate).absolute())))
    if own and not Path(candidate).exists():
        return replace(asked, version=Version(candidate, flow=versions.of_own_flow(candidate, own, cache, say)))
    found = versions.find(candidate, cache, say)
    return replace(asked, version=Version(candidate, str(found.folder), found.python))


def _own(desk: Desk, word: str) -> str:
    """The file or package of one's own flow; empty for Tapeflow's."""
    before = desk.deployed().programs.get(programs.name_of(word))
    own = before.flow if before else word
    return str(Path(own).absolute()) if is_own(own) else ""


def _live(desk: Desk, program: Program) -> Flow:
    """What runs; of one's own flow, by its own word. Raises NotComparable, DeskError."""
    if program.flow in OURS:
        return named(program.flow)
    status = status_of(desk.places, program.name)
    if "other_steps" not in status:
        raise DeskError(f"{program.name} has said nothing of itself yet: `tapeflow status` tells when it runs")
    topics, stages = list(status["positions"]), status["stages"]
    if len(topics) != 1 or not stages or status["other_steps"]:
        raise NotComparable(program.name, status["other_steps"])
    return Flow(program.name, topics[0], tuple(stages))


def _side(planned: Planned, config: Path) -> Chosen:
    """The candidate as it will run."""
    program, engine = planned.program, _engine(planned)
    version = None
    if program.version_folder:
        folder = Path(program.version_folder)
        version = versions.Version(program.version, folder, program.version_python)
    elif program.is_own:
        version = versions.installed()
    file = (program.version_flow or program.flow) if program.is_own else ""
    return Chosen(program.version or engine, config, engine, version, file)


def _engine(planned: Planned) -> str:
    """That of a candidate's stages; either one where they differ, since both make the same bits."""
    told = {word.partition("=")[2] for word in planned.program.arguments if word.split("=")[0] in STAGES}
    return told.pop() if len(told) == 1 else "rust"
