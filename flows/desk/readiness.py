"""Whether a program that was started does its work, by its own word."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from typing import Any

from flows.desk.deployed import DeskError, Program
from flows.desk.places import Places
from flows.desk.supervisor import Process, Supervisor
from flows.stack import state
from flows.stack.failure import reason_in

_TIMEOUT_S = 120.0
_POLL_S = 0.1
_LASTS_S = 3.0
_ENDED = ("backoff", "exited", "fatal", "stopped")


class NotReady(DeskError):
    """A program ended, or said nothing, after it was started."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} does not start: {reason}")
        self.name = name


class Launch:
    """The start of some programs at once."""

    def __init__(self, supervisor: Supervisor, places: Places, programs: Collection[Program]) -> None:
        """Starts them. Raises DeskError."""
        self._supervisor = supervisor
        self._places = places
        self._waiting = {program.name: program for program in programs}
        self._log_starts = {}
        self._first_words_ns: dict[str, int] = {}
        self._began_ns = time.time_ns()
        for name in self._waiting:
            log = places.log(name)
            self._log_starts[name] = log.stat().st_size if log.exists() else 0
            supervisor.launch(name)

    def wait(self, forgiven: Collection[str] = ()) -> dict[str, str]:
        """Returns when all do their work. Raises NotReady for the first that does not, unless it is among `forgiven`:
        those are left to the supervisor's next try, and returned with their reasons."""
        late = {}
        deadline_s = time.monotonic() + _TIMEOUT_S
        while self._waiting:
            processes = self._supervisor.processes()
            for name, program in list(self._waiting.items()):
                reason = self._reason(processes[name])
                if not reason and time.monotonic() > deadline_s:
                    reason = f"no word of it within {_TIMEOUT_S:.0f} s; see {self._places.log(name)}"
                is_done = is_ready(program, processes[name], self._places, self._began_ns) and self._goes_on(name)
                if reason and not is_done:
                    if name not in forgiven:
                        raise NotReady(name, reason)
                    late[name] = reason
                if reason or is_done:
                    del self._waiting[name]
            time.sleep(_POLL_S)
        return late

    def _reason(self, process: Process) -> str:
        """Why it has ended; empty if it has not."""
        if process.state not in _ENDED:
            return ""
        reason = reason_in(self._places.log(process.name), self._log_starts[process.name], process.exit_code)
        return reason.removeprefix(f"exit code {process.exit_code}: tapeflow: ").removeprefix("tapeflow: ")

    def _goes_on(self, name: str) -> bool:
        """Whether it has said so twice: a flow reads its saved state after its first word, and may end on it."""
        word_ns = int(status_of(self._places, name).get("updated_ns", 0))
        return word_ns == 0 or word_ns > self._first_words_ns.setdefault(name, word_ns)


def is_ready(program: Program, process: Process, places: Places, since_ns: int) -> bool:
    """Whether it has said that it works, after `since_ns`."""
    match program.program:
        case "stack":
            found = state.read(places.data_dir)
            return found.ready and found.owner is not None and found.owner.pid == process.pid
        case "tapeflow-exchange":
            address = places.exchange_address
            return address.exists() and address.stat().st_mtime_ns >= since_ns
    status = status_of(places, program.name)
    if status.get("updated_ns", 0) < since_ns:
        # Earlier versions of Tapeflow say nothing of a user's own flow: it does its work if it has lasted for a while.
        return program.is_own and bool(program.version_folder) and time.time() - process.started_s > _LASTS_S
    if program.is_member:
        # It works when the others are there, and they may come later.
        return True
    if program.is_own:
        positions = status["positions"]
        # The same of one that tells no positions.
        return all(positions.values()) if positions else time.time() - process.started_s > _LASTS_S
    if program.program == "tapeflow-ingestor":
        return bool(status["state"] == "connected")
    return any(status.get("positions", {}).values())


def status_of(places: Places, name: str) -> dict[str, Any]:
    """What a process said of itself last; empty before its first word."""
    try:
        return dict(json.loads(places.status(name).read_text()))
    except (FileNotFoundError, ValueError):
        return {}
