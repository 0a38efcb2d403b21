"""One statement, as people ask it: in a format of theirs, on whichever ClickHouse the settings lead to."""

from __future__ import annotations

from collections.abc import Iterator

from flows.stack.clickhouse_http.statement import Insert, parse
from flows.stack.reader import reader
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


def run(settings: Settings, sql: str, output_format: str) -> Iterator[bytes]:
    """The answer in pieces, in `table`, `csv`, `json` or `parquet`; a FORMAT in the statement goes before.

    Raises QueryFailed, ClickHouseUnavailable, NotRunning.
    """
    statement = parse(sql.encode())
    with reader(settings, may_write=True) as opened:
        pieces = opened.pieces(sql, FORMATS[output_format], settings=TABLE_SETTINGS)
        has_rows = not isinstance(statement, Insert) and statement.word in _ANSWERED_WITH_ROWS
        own_format = None if isinstance(statement, Insert) else statement.format
        yield from _array(pieces) if output_format == "json" and has_rows and not own_format else pieces


def _array(lines: Iterator[bytes]) -> Iterator[bytes]:
    """One JSON array of the objects that stand one a line. ClickHouse would begin a new one with every block."""
    opening, held = b"[\n", b""
    for piece in lines:
        whole = held + piece
        held = b"\n" if whole.endswith(b"\n") else b""
        yield opening + whole.removesuffix(b"\n").replace(b"\n", b",\n")
        opening = b""
    yield opening + b"\n]\n"
