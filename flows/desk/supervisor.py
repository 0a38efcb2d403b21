"""supervisord, which keeps the deployed programs running: its settings, its start, and its answers.

It belongs to no terminal. One of them serves a data folder, by a socket that only this user can open. It starts nothing
by itself: `tapeflow deploy` starts programs in order, and it starts them again when they end untold.
"""

from __future__ import annotations

import subprocess
import sys
import time
import xmlrpc.client
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

import psutil
from supervisor.xmlrpc import Faults, SupervisorTransport

from flows.desk import supervisor_settings
from flows.desk.deployed import DeskError
from flows.desk.places import Places
from flows.stack.process import Identity

_START_TIMEOUT_S = 15.0
_END_TIMEOUT_S = 40.0
_POLL_S = 0.05


@dataclass(frozen=True)
class Process:
    """A program as the supervisor sees it."""

    name: str
    state: str
    """`running`, `starting`, `backoff` (between two tries), `stopping`, `stopped`, `exited`, `fatal`."""
    pid: int | None
    started_s: float
    """When it started last, since the epoch; 0 if it never did."""
    exit_code: int | None
    """Of its last end; None in `backoff`, where the supervisor does not keep it."""


class Supervisor:
    """The one of a data folder, running or not."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def identity(self) -> Identity | None:
        """Its process; None if it does not run."""
        try:
            pid = int(self._places.supervisor_pid.read_text())
            found = Identity.of(pid)
            command = psutil.Process(pid).cmdline()
        except (OSError, ValueError, psutil.Error):
            return None
        # After a reboot the number may be somebody else's.
        return found if str(self._places.supervisor_settings) in command and found.alive() else None

    def environment(self) -> dict[str, str]:
        """What it was started with, and its programs inherit; empty if it does not run."""
        found = self.identity()
        return psutil.Process(found.pid).environ() if found else {}

    def start(self) -> None:
        """Returns when it answers; at once if it runs already. Raises DeskError."""
        if self.identity():
            return
        places = self._places
        places.supervisor_settings.write_text(supervisor_settings.whole(places))
        places.supervisor_pid.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(places.supervisor_settings)],
            cwd=places.data_dir,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # Not of the terminal's process group: it stays when the terminal goes.
            start_new_session=True,
        )
        deadline_s = time.monotonic() + _START_TIMEOUT_S
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline_s:
                process.kill()
                said = (process.communicate()[1] or "without a word").strip().splitlines()[-1]
                raise DeskError(f"the supervisor does not start: {said}; see {places.supervisor_log}")
            time.sleep(_POLL_S)
        assert process.stderr
        process.stderr.close()

    def end(self) -> bool:
        """Stops all programs, and itself; False if it did not run. Raises DeskError."""
        found = self.identity()
        if found is None:
            return False
        with suppress(DeskError):
            self._call("shutdown")
        deadline_s = time.monotonic() + _END_TIMEOUT_S
        while found.alive():
            if time.monotonic() > deadline_s:
                # The kernel ends its programs with it.
                found.kill()
            time.sleep(_POLL_S)
        return True

    def processes(self) -> dict[str, Process]:
        """Of all programs that it knows; none if it does not run."""
        if self.identity() is None:
            return {}
        return {found["name"]: _process(found) for found in self._call("getAllProcessInfo")}

    def add(self, name: str) -> None:
        """Makes a program known, stopped. Harmless if it is."""
        self._places.program_settings(name).write_text(supervisor_settings.of_program(self._places, name))
        self._call("reloadConfig")
        self._call("addProcessGroup", name, but=Faults.ALREADY_ADDED)

    def remove(self, name: str) -> None:
        """Stops a program and forgets it. Harmless if it is not known."""
        self._places.program_settings(name).unlink(missing_ok=True)
        if name in self.processes():
            self.stop(name)
            self._call("removeProcessGroup", name)
            self._call("reloadConfig")

    def launch(self, name: str) -> None:
        """Starts a program, and does not wait."""
        # A line a start: the first is this one, the others are restarts.
        self._places.starts(name).write_text("")
        self._call("startProcess", name, False, but=Faults.ALREADY_STARTED)

    def stop(self, name: str) -> None:
        """Returns when it has ended, or was ended."""
        self._call("stopProcess", name, True, but=Faults.NOT_RUNNING)

    def _answers(self) -> bool:
        try:
            self._call("getState")
        except DeskError:
            return False
        return True

    def _call(self, method: str, *arguments: Any, but: int | None = None) -> Any:
        """Raises DeskError, unless the answer is the fault `but`."""
        transport = SupervisorTransport(None, None, f"unix://{self._places.socket}")
        try:
            # The address is only a form: the transport knows the socket.
            with xmlrpc.client.ServerProxy("http://127.0.0.1", transport) as server:
                return getattr(server.supervisor, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != but:
                raise DeskError(f"the supervisor refuses {method} {' '.join(map(str, arguments))}: {fault}") from fault
        except (OSError, HTTPException, xmlrpc.client.Error) as error:
            places = self._places
            raise DeskError(
                f"the supervisor of {places.data_dir} does not answer ({error}); see {places.supervisor_log}"
            ) from error


def _process(found: dict[str, Any]) -> Process:
    state = found["statename"].lower()
    exit_code = None if state == "backoff" else found["exitstatus"]
    return Process(found["name"], state, found["pid"] or None, found["start"], exit_code)
