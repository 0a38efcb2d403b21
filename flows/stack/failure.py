"""Why a service ended: its exit code and the telling line of its log, in one sentence."""

from __future__ import annotations

import signal
from pathlib import Path

from flows.stack.process import Process

_TAIL_BYTES = 64 << 10
# What the operating system says through any program, and what it means here.
_KNOWN = {
    "No space left on device": "the disk is full; make room, or choose another place with --data-dir",
    "Address already in use": "its port is taken; choose another",
    "Permission denied": "its folder is not writable",
    "OutOfMemoryError": "it ran out of memory",
    "Cannot allocate memory": "the machine has no memory left",
}


def reason_of(ended: Process) -> str:
    """One line for people; the log keeps the rest."""
    return reason_in(ended.log, ended.log_start, ended.exit_code() or 0)


def reason_in(log: Path, start: int, exit_code: int | None) -> str:
    """The same for a program of which only the log is at hand; its run begins at byte `start`. `exit_code` None: nobody
    knows it."""
    lines = _last_lines(log, start)
    for line in reversed(lines):
        for said, meaning in _KNOWN.items():
            if said in line:
                return meaning
    if exit_code is not None and exit_code < 0:
        return f"ended by {signal.Signals(-exit_code).name}"
    telling = next((line for line in reversed(lines) if "ERROR" in line or "Exception" in line), "")
    last = telling or (lines[-1] if lines else "it said nothing")
    return ("" if exit_code is None else f"exit code {exit_code}: ") + last.strip()[:300]


def last_words(log: Path) -> str:
    """The last line of a program's log, without our own mark; empty if there is none."""
    return "".join(_last_lines(log, 0)[-1:]).strip()[:300].removeprefix("tapeflow: ")


def _last_lines(log: Path, start: int) -> list[str]:
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(start, size - _TAIL_BYTES))
            return [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        return []
