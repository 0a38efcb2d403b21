"""Makes the landing tables, rollups and views of `sql/` in ClickHouse, as often as one likes."""

from __future__ import annotations

import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from flows.connectors.clickhouse import client
from flows.stack import files
from flows.stack.errors import StackError
from flows.stack.settings import Settings

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

_TEMPORARY = "tapeflow_expected_columns"
_COMMENT = re.compile(r"--[^\n]*")
_ROLLUP = re.compile(r"ALTER TABLE (\w+) ADD (PROJECTION|INDEX) IF NOT EXISTS (\w+)")
_THERE = """
SELECT table, name FROM system.projections WHERE database = currentDatabase()
UNION ALL SELECT table, name FROM system.data_skipping_indices WHERE database = currentDatabase()
"""


class TableDiffers(StackError):
    """A landing table was made from an earlier version of its schema."""

    def __init__(self, table: str, columns: list[str]) -> None:
        super().__init__(
            f"ClickHouse table {table} differs from sql/landing/{table}.sql in {', '.join(columns)}: "
            f'drop it with `tapeflow query "DROP TABLE {table}"`; the audit flow fills it again from the log'
        )


def create(settings: Settings) -> list[str]:
    """Makes what is not there; the names of the tables that it made.

    Raises TableDiffers, NotRunning, ClickHouseUnavailable, QueryFailed.
    """
    with client(settings.clickhouse_url) as clickhouse:
        there = {row[0] for row in clickhouse.query("SHOW TABLES").result_rows}
        made = []
        for file in sorted(files.LANDING_TABLES.glob("*.sql")):
            if file.stem in there:
                compare(clickhouse, file)
            else:
                clickhouse.command(file.read_text("utf-8"))
                made.append(file.stem)
        _roll_up(clickhouse)
        for statement in views():
            clickhouse.command(statement)
        return made


def views() -> list[str]:
    """The statements that make the views, each behind those that it reads."""
    statements = {file.stem: file.read_text("utf-8") for file in sorted(files.VIEWS.glob("*.sql"))}
    words = {view: set(re.findall(r"\w+", _COMMENT.sub("", sql))) - {view} for view, sql in statements.items()}
    order = TopologicalSorter({view: words[view] & statements.keys() for view in statements})
    return [statements[view] for view in order.static_order()]


def _roll_up(clickhouse: Client) -> None:
    """Adds what is not there. Parts from before get theirs by and by; until then their rows are read one by one."""
    there = {(row[0], row[1]) for row in clickhouse.query(_THERE).result_rows}
    for file in sorted(files.ROLLUPS.glob("*.sql")):
        statement = file.read_text("utf-8")
        [(table, what, name)] = _ROLLUP.findall(statement)
        if (table, name) not in there:
            # Else a lightweight DELETE would be refused.
            clickhouse.command(f"ALTER TABLE {table} MODIFY SETTING lightweight_mutation_projection_mode = 'rebuild'")
            clickhouse.command(statement)
            clickhouse.command(f"ALTER TABLE {table} MATERIALIZE {what} {name}", settings={"mutations_sync": 0})


def compare(clickhouse: Client, file: Path) -> None:
    """Lets ClickHouse itself read a landing table's file: makes it under another name, and compares the columns. Raises
    TableDiffers."""
    table = file.stem
    clickhouse.command(f"DROP TABLE IF EXISTS {_TEMPORARY}")
    clickhouse.command(file.read_text("utf-8").replace(f"EXISTS {table}", f"EXISTS {_TEMPORARY}", 1))
    try:
        found, expected = _columns(clickhouse, table), _columns(clickhouse, _TEMPORARY)
    finally:
        clickhouse.command(f"DROP TABLE {_TEMPORARY}")
    if found != expected:
        raise TableDiffers(table, sorted({name for name, _ in found ^ expected}))


def _columns(clickhouse: Client, table: str) -> set[tuple[str, str]]:
    return {(row[0], row[1]) for row in clickhouse.query(f"DESCRIBE TABLE {table}").result_rows}
