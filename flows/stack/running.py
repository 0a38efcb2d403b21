"""How far a running statement is."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flows.errors import TapeflowError
from flows.stack.reader import Reader

_LOOK_S = 0.3
_RUNNING = """
SELECT read_rows, total_rows_approx, memory_usage, elapsed FROM system.processes
WHERE startsWith(query, {marker:String})
"""


def new_marker() -> str:
    """A comment that no other statement begins with: by it a statement is found among those that run."""
    return f"/* tapeflow {uuid.uuid4().hex} */"


@contextmanager
def progress(opened: Reader, marker: str, show: Callable[[str, bool], None]) -> Iterator[None]:
    """`show` gets a line about the statement with this marker again and again, and an empty one at the end."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_LOOK_S):
            line = _line(opened, marker)
            if line and not ended.is_set():
                show(line, False)

    thread = threading.Thread(target=look, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        show("", True)


def _line(opened: Reader, marker: str) -> str:
    """Rows read of those to be read, memory and time; empty if that cannot be told at the moment."""
    try:
        said = b"".join(opened.pieces(_RUNNING, "TabSeparated", {"marker": marker})).split()
    except TapeflowError:
        # Whatever is wrong, the statement itself will say.
        return ""
    if not said:
        return ""
    read, total, memory_bytes, elapsed_s = (float(value) for value in said[:4])
    of = f" of {total:,.0f} ({min(read / total, 1):.0%})" if total else ""
    return f"{read:,.0f} rows read{of}, {memory_bytes / 1e6:,.0f} MB, {elapsed_s:.1f} s; Ctrl-C ends it"
