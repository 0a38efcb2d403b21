"""One statement, as people ask it: in a format of theirs, on whichever ClickHouse the settings lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flows.stack.clickhouse_http.statement import Insert, parse
from flows.stack.reader import Reader, reader
from flows.stack.running import new_marker, progress
from flows.stack.settings import Settings

# ClickHouse's names of the formats that people ask for.
FORMATS = {"table": "PrettyCompactMonoBlock", "csv": "CSVWithNames", "json": "JSONEachRow", "parquet": "Parquet"}
TABLE_SETTINGS = {
    "output_format_pretty_color": "0",
    "output_format_pretty_row_numbers": "0",
    # A table on a screen shows what is there, not a rounded idea of it.
    "output_format_pretty_max_value_width": "120",
}
_ANSWERED_WITH_ROWS = frozenset({"SELECT", "WITH", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXISTS"})


def run(
    settings: Settings,
    sql: str,
    output_format: str,
    show: Callable[[str, bool], None] | None = None,
    *,
    may_write: bool = False,
) -> Iterator[bytes]:
    """The answer in pieces, in `table`, `csv`, `json` or `parquet`; a FORMAT in the statement goes before.

    Until the first piece comes, `show` gets a line of progress again and again. `may_write`: see `reader`.
    Raises QueryFailed, ClickHouseUnavailable, NotRunning.
    """
    statement = parse(sql.encode())
    with reader(settings, may_write=may_write) as opened:
        pieces = (
            _watched(opened, sql, FORMATS[output_format], show)
            if show
            else opened.pieces(sql, FORMATS[output_format], settings=TABLE_SETTINGS)
        )
        has_rows = not isinstance(statement, Insert) and statement.word in _ANSWERED_WITH_ROWS
        own_format = None if isinstance(statement, Insert) else statement.format
        yield from _array(pieces) if output_format == "json" and has_rows and not own_format else pieces


def _watched(opened: Reader, sql: str, output_format: str, show: Callable[[str, bool], None]) -> Iterator[bytes]:
    marker = new_marker()
    pieces = opened.pieces(f"{marker}\n{sql}", output_format, settings=TABLE_SETTINGS)
    try:
        with progress(opened, marker, show):
            first = next(pieces, b"")
    except KeyboardInterrupt:
        opened.cancel(marker)
        raise
    yield first
    yield from pieces


def _array(lines: Iterator[bytes]) -> Iterator[bytes]:
    """One JSON array of the objects that stand one a line. ClickHouse would begin a new one with every block."""
    opening, held = b"[\n", b""
    for piece in lines:
        whole = held + piece
        held = b"\n" if whole.endswith(b"\n") else b""
        yield opening + whole.removesuffix(b"\n").replace(b"\n", b",\n")
        opening = b""
    yield opening + b"\n]\n"
