"""What is looked at before anything of the desk is changed."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from flows.desk import environment
from flows.desk.deployed import Deployed, DeskError, Program
from flows.desk.programs import STACK, topics_written
from flows.desk.supervisor import Supervisor
from flows.running.flow import code_of
from flows.stack import ports, process
from flows.stack.settings import REGISTRY_URL, Settings

_KEY, _SECRET = "TAPEFLOW_VENUE_KEY", "TAPEFLOW_VENUE_SECRET"


def other_services(settings: Settings, known: Deployed) -> None:
    """A command from another environment must not move a desk to another broker. Raises DeskError."""
    now = environment.services(settings)
    for key, before in known.services.items():
        if known.programs and now.get(key) != before:
            raise DeskError(
                f"this desk was deployed with {key} {before or 'empty'}, and the environment says "
                f"{now.get(key) or 'empty'}: set it as it was, or `tapeflow undeploy --all` first"
            )


def other_environment(supervisor: Supervisor) -> None:
    """Programs inherit what the supervisor was started with. Raises DeskError where that is not what holds here."""
    inherited = supervisor.environment()
    if not inherited:
        return
    names = {name for name in (*inherited, *os.environ) if name.startswith("TAPEFLOW_") or name == REGISTRY_URL}
    for name in sorted(names - {"TAPEFLOW_DATA_DIR"}):
        if inherited.get(name) != os.environ.get(name) and os.environ.get(name) is not None:
            raise DeskError(
                f"{name} is not what it was when this desk's supervisor was started, and its programs would not see "
                "it: `tapeflow down`, then deploy again from here"
            )


def unusable(program: Program, supervisor: Supervisor) -> None:
    """What a program needs beside services. Raises DeskError, ProgramMissing."""
    if program.program.startswith("tapeflow-"):
        process.program(program.program)
    if program.is_own and not code_of(code := program.version_flow or program.flow):
        raise DeskError(f"{program.name}: there is no file or package {code.partition(':')[0]}")
    if program.version_folder and not Path(program.version_folder).is_dir():
        raise DeskError(
            f"{program.name}: version {program.version} is not at {program.version_folder} any more: "
            f"`tapeflow deploy {program.name} --version ...` with that version again, or with `installed`"
        )
    if program.program == "tapeflow-router":
        _no_key(program, supervisor)
    if program.program == "tapeflow-exchange" and not _runs(program.name, supervisor):
        address = program.after("--listen")
        if not ports.is_free(int(address.rpartition(":")[2])):
            raise DeskError(f"exchange: {address} is taken: choose another port in [exchange] listen")


def two_writers(programs: Mapping[str, Program], changed: Collection[str]) -> None:
    """Two flows that write one topic would stand in each other's way. Raises DeskError."""
    writers: dict[tuple[str, str], str] = {}
    for name in sorted(programs, key=lambda name: name in changed):
        program = programs[name]
        prefix = program.after("--output-prefix")
        for topic in topics_written(program.flow) if program.wanted else ():
            other = writers.setdefault((prefix, topic), name)
            if other != name:
                raise DeskError(f"{name} would write {topic}, as {other} does: `tapeflow undeploy {other}` first")


def needed(names: Collection[str], known: Deployed) -> None:
    """The stack is not taken from under what runs on it. Raises DeskError."""
    others = [name for name, program in known.programs.items() if program.wanted and name not in names]
    if STACK in names and others:
        raise DeskError(f"{', '.join(sorted(others))} run on the stack: stop them too, or `tapeflow down` ends all")


def _no_key(program: Program, supervisor: Supervisor) -> None:
    if key_file := program.after("--key-file"):
        if not os.access(key_file, os.R_OK):
            raise DeskError(f"router: cannot read {key_file}, which [router] key_file names")
        if Path(key_file).stat().st_mode & 0o077:
            raise DeskError(f"router: others can read {key_file}: chmod 600 {key_file}")
        return
    environment = supervisor.environment() or os.environ
    for name in (_KEY, _SECRET):
        if not environment.get(name):
            raise DeskError(f"router: {name} is not set: set it, or name a file in [router] key_file")


def _runs(name: str, supervisor: Supervisor) -> bool:
    found = supervisor.processes().get(name)
    return found is not None and found.pid is not None
