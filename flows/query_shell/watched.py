"""One statement under watch: how far it is, and an end to it on Ctrl-C."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable

from flows.errors import TapeflowError
from flows.stack.reader import Reader

# The shell's statements may take so much of ClickHouse's memory, and sort and group on disk beyond half of it.
MEMORY_BYTES = 1 << 30
ROWS_SHOWN = 1_000
_LIMITS = {
    "max_memory_usage": str(MEMORY_BYTES),
    "max_bytes_before_external_group_by": str(MEMORY_BYTES // 2),
    "max_bytes_before_external_sort": str(MEMORY_BYTES // 2),
    "output_format_pretty_max_rows": str(ROWS_SHOWN),
    # ClickHouse stops soon after that many, instead of reading on for rows that are not shown.
    "max_result_rows": str(10 * ROWS_SHOWN),
    "result_overflow_mode": "break",
}
_LOOK_S = 0.3
_RUNNING = """
SELECT read_rows, total_rows_approx, memory_usage, elapsed FROM system.processes
WHERE startsWith(query, {marker:String})
"""


def watched(
    opened: Reader, sql: str, output_format: str, settings: dict[str, str], show: Callable[[str, bool], None]
) -> bytes:
    """The answer, of at most some ten thousand rows. `show` gets a line on the way, and when it ends.

    Raises QueryFailed, also for a statement that Ctrl-C ended, and ClickHouseUnavailable.
    """
    marker = f"/* tapeflow {uuid.uuid4().hex} */"
    statement = _Statement(opened, f"{marker} {sql}", output_format, {**settings, **_LIMITS})
    statement.start()
    try:
        while statement.is_alive():
            statement.join(_LOOK_S)
            if statement.is_alive():
                show(_progress(opened, marker), False)
    except KeyboardInterrupt:
        opened.cancel(marker)
        statement.join()
    finally:
        show("", True)
    return statement.result()


class _Statement(threading.Thread):
    def __init__(self, opened: Reader, sql: str, output_format: str, settings: dict[str, str]) -> None:
        super().__init__(name="statement", daemon=True)
        self._asked = opened, sql, output_format, settings
        self._answer = b""
        self._error: Exception | None = None

    def run(self) -> None:
        opened, sql, output_format, settings = self._asked
        try:
            self._answer = b"".join(opened.pieces(sql, output_format, settings=settings))
        except Exception as error:
            self._error = error

    def result(self) -> bytes:
        if self._error:
            raise self._error
        return self._answer


def _progress(opened: Reader, marker: str) -> str:
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
