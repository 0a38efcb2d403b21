"""One supervised child process: dies with its owner, writes to a log file, stops when asked and then when told.

Used for the stack's services and for everything that the demo runs beside them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from flows.errors import TapeflowError

_LAUNCH = Path(__file__).with_name("launch.py")
_LOG_BYTES_MAX = 16 << 20


class ProgramMissing(TapeflowError):
    """A program of this project has not been built."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the program {name} is not there: build it with `make setup`")


def program(name: str) -> str:
    """Path of one of the project's Rust programs (`tapeflow-ingestor`...): beside this Python, else as cargo left it.

    Raises ProgramMissing.
    """
    project = Path(__file__).parents[2]
    target = Path(os.environ.get("CARGO_TARGET_DIR") or project / "rust_ingest" / "target")
    for folder in (Path(sys.executable).parent, target / "release"):
        if (folder / name).is_file():
            return str(folder / name)
    raise ProgramMissing(name)


@dataclass(frozen=True)
class Identity:
    """A process id with its start time: process ids are used again, the pair is not."""

    pid: int
    started_s: float

    @classmethod
    def of(cls, pid: int) -> Identity:
        return cls(pid, _started_s(pid))

    @classmethod
    def of_this_process(cls) -> Identity:
        return cls.of(os.getpid())

    def kill(self) -> None:
        """Ends it, if it still runs."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def alive(self) -> bool:
        """Whether this very process still runs."""
        try:
            process = psutil.Process(self.pid)
            # The kernel counts start times in hundredths of a second.
            same = abs(_started_s(self.pid) - self.started_s) < 0.05
            return same and bool(process.status() != psutil.STATUS_ZOMBIE)
        except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            return False


def _started_s(pid: int) -> float:
    """When a process started; on Linux since the machine did, because a corrected wall clock moves all other times."""
    if sys.platform != "linux":
        return float(psutil.Process(pid).create_time())
    # The second field is the program's name in brackets, and may hold anything; start time is the twenty-second.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


class Process:
    """A running child.

    The kernel kills it when the thread that called `start` ends, so start from a thread that lives as long as the
    child should.
    """

    def __init__(self, name: str, popen: subprocess.Popen[bytes], log: Path, log_start: int) -> None:
        self.name = name
        self.log = log
        self.log_start = log_start
        """Where in the log this run begins, in bytes."""
        self._popen = popen
        self.identity = Identity.of(popen.pid)

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str | os.PathLike[str]],
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Starts `command` with its output appended to `log`, and `environment` on top of ours."""
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > _LOG_BYTES_MAX:
            os.replace(log, log.with_suffix(".1.log"))
        with log.open("ab") as output:
            log_start = output.tell()
            popen = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()), *(os.fspath(word) for word in command)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                # A session of its own: Ctrl-C reaches the owner alone, who stops its children in order.
                start_new_session=True,
            )
        return cls(name, popen, log, log_start)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number if a signal ended it."""
        return self._popen.poll()

    def running(self) -> bool:
        return self.exit_code() is None

    def wait(self, timeout_s: float | None = None) -> int | None:
        """The exit code, or None if it still runs after `timeout_s`."""
        with suppress(subprocess.TimeoutExpired):
            return self._popen.wait(timeout_s)
        return None

    def terminate(self) -> None:
        """Asks it to stop, and does not wait."""
        if self.running():
            self._popen.terminate()

    def kill(self) -> None:
        """Ends it and all that it started, and waits until it is gone."""
        if self.running():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()

    def stop(self, grace_s: float = 5.0) -> int:
        """SIGTERM, then SIGKILL after `grace_s`; the exit code."""
        self.terminate()
        if self.wait(grace_s) is None:
            self.kill()
        return self._popen.wait()

    def resident_bytes(self) -> int:
        """Resident memory now; 0 if it has ended."""
        return resident_bytes(self.pid)


def resident_bytes(pid: int) -> int:
    """Resident memory of a process now, pages that several share counted by their share; 0 if it has ended."""
    try:
        return int(psutil.Process(pid).memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
