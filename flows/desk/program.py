"""Becomes a deployed program: `python -m flows.desk.program DATA_DIR NAME`, as the supervisor runs it.

Where the services are is looked up here, at every start: an embedded one may have got another port. What it becomes
ends with the supervisor: two copies of it would only stand in each other's way.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

from flows.desk import deployed
from flows.desk.deployed import DeskError, Program
from flows.desk.places import Places
from flows.errors import TapeflowError
from flows.stack import files, process
from flows.stack.settings import BOOTSTRAP_SERVERS, Settings

_PR_SET_PDEATHSIG = 1
_STACK_TIMEOUT_S = 60.0
_POLL_S = 0.2
_SECRETS = {
    "TAPEFLOW_VENUE_KEY": "tapeflow-router",
    "TAPEFLOW_VENUE_SECRET": "tapeflow-router",
    "TAPEFLOW_VENUE_TOKEN": "tapeflow-ingestor",
}
"""And the only program that is told each."""


def main() -> None:
    places, name = Places(Path(sys.argv[1])), sys.argv[2]
    _end_with_the_supervisor(places)
    with places.starts(name).open("a") as starts:
        starts.write(f"{time.time_ns()}\n")
    try:
        program = deployed.read(places).programs.get(name)
        if program is None:
            raise DeskError(f"{name} is not deployed on {places.data_dir}")
        _become(program, places)
    except TapeflowError as error:
        print(f"tapeflow: {error}", file=sys.stderr)
        sys.exit(1)


def _end_with_the_supervisor(places: Places) -> None:
    supervisor = os.getppid()
    if sys.platform == "linux":
        # Survives exec. Killed, not asked: a process that hangs in its clean-up would outlive its owner.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor or str(supervisor) != places.supervisor_pid.read_text().strip():
        sys.exit("the supervisor ended before its program began")


def _become(program: Program, places: Places) -> None:
    environment, folder = dict(os.environ), program.folder
    for secret, reader in _SECRETS.items():
        if program.program != reader:
            environment.pop(secret, None)
    if program.program == "stack":
        command = [sys.executable, "-m", "flows.stack.daemon", str(places.data_dir), "0", "0", "0"]
    elif program.program == "tapeflow":
        _wait_for_the_stack(places)
        python = program.version_python or sys.executable
        command = [python, "-m", "flows.cli", *program.arguments, *_beginning(places, program.name)]
        version = program.version_folder or str(files.PROJECT)
        environment["PYTHONPATH"] = os.pathsep.join([version, program.folder])
        # Python looks first where it is called: a repository's own flows must not pass for the version's.
        folder = folder if program.is_own else version
    else:
        command = [process.program(program.program), *program.arguments]
        if program.program != "tapeflow-exchange":
            environment[BOOTSTRAP_SERVERS] = _wait_for_the_stack(places).bootstrap_servers
    os.chdir(folder)
    os.execvpe(command[0], command, environment)


def _beginning(places: Places, name: str) -> list[str]:
    """For the one start that was asked to begin anew: later ones go on from what it saves."""
    try:
        places.anew(name).unlink()
    except FileNotFoundError:
        return []
    return ["--from", "beginning"]


def _wait_for_the_stack(places: Places) -> Settings:
    """Until an embedded one has all its services; one that is elsewhere is the program's own to wait for."""
    deadline_s = time.monotonic() + _STACK_TIMEOUT_S
    while True:
        settings = Settings.load(places.data_dir)
        if BOOTSTRAP_SERVERS in settings.external or settings.running.ready:
            return settings
        if time.monotonic() > deadline_s:
            # Says itself what is missing.
            _ = settings.bootstrap_servers
        time.sleep(_POLL_S)


if __name__ == "__main__":
    main()
