"""The log files of a data folder: their last lines, and new ones as they come."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from flows.stack.errors import StackError

_POLL_S = 0.2


def log_files(data_dir: Path, name: str | None) -> dict[str, Path]:
    """The logs by name; only one if `name` is given. Raises StackError if there is none such."""
    found = {path.stem: path for path in sorted((data_dir / "logs").glob("*.log")) if "." not in path.stem}
    if not found:
        raise StackError(f"no logs in {data_dir}: start a stack with `tapeflow up`")
    if name is None:
        return found
    if name not in found:
        raise StackError(f"no log of {name} in {data_dir}: there are {', '.join(found)}")
    return {name: found[name]}


def last_lines(files: Mapping[str, Path], count: int) -> Iterator[tuple[str, str]]:
    """The last `count` lines of each file, file by file."""
    for name, path in files.items():
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in deque(file, maxlen=count):
                yield name, line.rstrip("\n")


def follow_lines(files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Lines written from now on, without end. A file that was begun anew is read from its start."""
    ends = {name: path.stat().st_size for name, path in files.items()}
    while True:
        for name, path in files.items():
            if path.exists() and path.stat().st_size < ends[name]:
                ends[name] = 0
            with path.open("rb") as file:
                file.seek(ends[name])
                # A line that is still being written is left for the next time.
                whole, _, _ = file.read().rpartition(b"\n")
            if whole:
                ends[name] += len(whole) + 1
                for line in whole.decode("utf-8", "replace").split("\n"):
                    yield name, line
        time.sleep(_POLL_S)
