"""What a deployment brings up: the programs it was asked for, each as the configuration wants it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import tomli_w

from flows.desk import configuration, programs
from flows.desk.configuration import Configuration
from flows.desk.deployed import Deployed, DeskError, Program
from flows.desk.meaning import AUDIT
from flows.desk.places import Places
from flows.desk.programs import STACK
from flows.desk.schema import Desired
from flows.stack.settings import BOOTSTRAP_SERVERS, CLICKHOUSE_URL, Settings


@dataclass(frozen=True)
class Version:
    """Which Tapeflow runs a flow, or which code of one's own flow runs."""

    said: str = ""
    """A checkout, wheel or git ref, or a file or package; empty for what is installed, and the flow as it is named."""
    folder: str = ""
    python: str = ""
    flow: str = ""
    """The file or package that stands for one's own flow's."""


@dataclass(frozen=True)
class Asked:
    """What `tapeflow deploy` says."""

    word: str | None = None
    """A program; None: all that the file wants, and what was deployed beside it."""
    config: Path | None = None
    sets: tuple[str, ...] = ()
    same_file: bool = False
    """That of the last deployment, whatever lies here."""
    version: Version | None = None
    """Another than it was."""
    is_anew: bool = False
    """The flow forgets what it has saved, and reads from the beginning."""


@dataclass(frozen=True)
class Planned:
    program: Program
    config: str
    """What its stages compute, as a configuration file; empty for a program that has none."""
    is_anew: bool = False


@dataclass(frozen=True)
class Plan:
    file: Path | None
    desired: Desired
    planned: list[Planned]
    """In the order in which they start."""
    stopped: list[str]
    """Left alone: somebody stopped them."""

    def programs(self, known: Deployed) -> dict[str, Program]:
        """All that is deployed once this plan is carried out."""
        return {**known.programs, **{one.program.name: one.program for one in self.planned}}


def make(asked: Asked, known: Deployed, places: Places, settings: Settings) -> Plan:
    """Raises BadConfig, DeskError."""
    last = Path(known.config_file) if known.config_file else None
    file = last if asked.same_file else asked.config or configuration.find(None) or last
    file = file.absolute() if file else None
    before = known.programs.get(asked.word or "")
    word, names = asked.word, []
    if before and before.is_own:
        # One's own flow goes by the name that it was deployed under, too.
        word, names = before.flow, [before.name]
    asked = replace(asked, word=word, sets=_with_its_file(word, names, asked.sets))
    read = configuration.load(file, asked.sets)
    stopped: list[str] = []
    if word is None:
        if asked.is_anew:
            raise DeskError("--from beginning is for one flow: name it")
        found = _all(read, asked, known, places)
        stopped = [one.program.name for one in found if not one.program.wanted]
        found = [one for one in found if one.program.wanted]
        if not found and not stopped and STACK not in known.programs:
            where = f"{file} wants nothing" if file else "there is no tapeflow.toml here"
            raise DeskError(f"nothing to deploy: {where}; name a flow, or write [flows.NAME] tables into the file")
    else:
        found = [_planned(name, word, read, known, places, asked) for name in names or programs.chosen(word, read)]
        if asked.is_anew and not all(one.config for one in found):
            raise DeskError(f"--from beginning is for flows that have stages: {word} saves nothing")
        found = [replace(one, program=replace(one.program, wanted=True), is_anew=asked.is_anew) for one in found]
    if _needs_stack(found, known, settings) and STACK not in (one.program.name for one in found):
        found.append(_planned(STACK, STACK, read, known, places, asked))
    found.sort(key=lambda one: programs.order(one.program.name))
    return Plan(file, read.desired, found, stopped)


def _with_its_file(word: str | None, names: list[str], sets: tuple[str, ...]) -> tuple[str, ...]:
    """What is set for one's own flow is set in a table that says which it is."""
    name = next(iter(names), programs.name_of(word or ""))
    if name == word or not any(pair.startswith(f"flows.{name}.") for pair in sets):
        return sets
    key = f"flows.{name}.file="
    return (*(pair for pair in sets if not pair.startswith(key)), f"{key}{Path(word or '').absolute()}")


def _all(read: Configuration, asked: Asked, known: Deployed, places: Places) -> list[Planned]:
    """What the file wants, each with the --set of its last deployment unless there are new ones; and what was deployed
    beside it."""
    found = []
    for name in programs.wanted(read):
        before = known.programs.get(name)
        own = read if asked.sets or not before else configuration.load(read.file, before.sets)
        found.append(_planned(name, name, own, known, places, asked))
    named = {one.program.name for one in found}
    for name, before in known.programs.items():
        if name in named or name == STACK:
            continue
        if not before.flow:
            # The file has no words for it any more: it goes on as it was deployed, until it is undeployed.
            found.append(Planned(before, ""))
            continue
        own = read if asked.sets else configuration.load(read.file, before.sets)
        found.append(_planned(name, before.flow, own, known, places, asked))
    return found


def _planned(name: str, word: str, read: Configuration, known: Deployed, places: Places, asked: Asked) -> Planned:
    program = programs.make(name, word, read, places)
    before = known.programs.get(name)
    if before:
        version = Version(before.version, before.version_folder, before.version_python, before.version_flow)
        program = _with_version(replace(program, wanted=before.wanted), version)
    if asked.version and program.flow:
        program = _with_version(program, asked.version)
    if "--config" not in program.arguments:
        return Planned(program, "")
    return Planned(program, tomli_w.dumps(read.stages.stages))


def _with_version(program: Program, version: Version) -> Program:
    told = replace(program, version=version.said, version_folder=version.folder, version_python=version.python)
    if not program.is_own:
        return told
    run, _, *options = program.arguments
    return replace(told, version_flow=version.flow, arguments=[run, version.flow or program.flow, *options])


def _needs_stack(found: list[Planned], known: Deployed, settings: Settings) -> bool:
    if settings.running.owner_alive():
        # Whoever started it: it is there.
        return False
    if STACK in known.programs:
        return True
    audits = any(one.program.name == AUDIT for one in found)
    return BOOTSTRAP_SERVERS not in settings.external or (audits and CLICKHOUSE_URL not in settings.external)
