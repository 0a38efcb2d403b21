"""One statement under watch: how far it is, and an end to it on Ctrl-C."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flows.connectors.clickhouse import QueryFailed
from flows.stack.reader import Reader
from flows.stack.running import new_marker, progress

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
# A wait without an end would not notice Ctrl-C everywhere.
_LOOK_S = 0.3


def watched(
    opened: Reader, sql: str, output_format: str, settings: dict[str, str], show: Callable[[str, bool], None]
) -> bytes:
    """The answer, of at most some ten thousand rows. `show` gets a line on the way, and when it ends.

    Raises QueryFailed, ClickHouseUnavailable, and Ended after Ctrl-C.
    """
    marker = new_marker()
    statement = _Statement(opened, f"{marker}\n{sql}", output_format, {**settings, **_LIMITS})
    statement.start()
    with progress(opened, marker, show):
        try:
            while statement.is_alive():
                statement.join(_LOOK_S)
        except KeyboardInterrupt:
            opened.cancel(marker)
            statement.join()
            # What it came to by then is no answer, whatever ClickHouse makes of it.
            raise Ended from None
    return statement.result()


class Ended(QueryFailed):
    """A statement that the user ended."""

    def __init__(self) -> None:
        super().__init__("ended by Ctrl-C, before it was done")


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
