"""The log files of a data folder: their last lines, and new ones as they come."""

from __future__ import annotations

import time
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


def tail(files: Mapping[str, Path], count: int, follow: bool) -> Iterator[tuple[str, str]]:
    """The last `count` lines of each file, file by file; then, with `follow`, new ones as they come, without end."""
    ends = {}
    for name, path in files.items():
        with path.open("rb") as file:
            # A line that is still being written is left for later.
            whole = [line for line in file if line.endswith(b"\n")]
        ends[name] = sum(map(len, whole))
        for line in whole[-count:] if count else []:
            yield name, _text(line)
    while follow:
        for name, path in files.items():
            for line in _new_lines(path, ends[name]):
                ends[name] += len(line)
                yield name, _text(line)
            # It was moved away and begun anew.
            if path.exists() and path.stat().st_size < ends[name]:
                ends[name] = 0
        time.sleep(_POLL_S)


def _new_lines(path: Path, start: int) -> list[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return [line for line in file if line.endswith(b"\n")]
    except FileNotFoundError:
        # It was moved away just now; the next one follows.
        return []


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\n")
