"""Table history_bars: imported bars into ClickHouse, in batches, and how they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.connectors import clickhouse
from flows.stack import files
from flows.stack.settings import Settings

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

TABLE = "history_bars"
_STATE = """
SELECT count(), max(imported_ns) FROM history_bars FINAL
WHERE instrument = {instrument:String} AND venue = {venue:String} AND interval_ns = {interval_ns:Int64}
    AND open_ns BETWEEN fromUnixTimestamp64Nano({first_ns:Int64}) AND fromUnixTimestamp64Nano({last_ns:Int64})
"""
_SHORTER = """
SELECT min(interval_ns) FROM history_bars
WHERE instrument = {instrument:String} AND venue = {venue:String} AND interval_ns < {interval_ns:Int64}
    AND {interval_ns:Int64} % interval_ns = 0
    AND open_ns BETWEEN fromUnixTimestamp64Nano({first_ns:Int64}) AND fromUnixTimestamp64Nano({last_ns:Int64})
"""
# One insert is one part, whole or not there; ClickHouse advises 10 to 100 thousand rows.
_BATCH_ROWS = 100_000
_INSERT = {"async_insert": 0, "max_insert_threads": 1}


@dataclass(frozen=True)
class Stored:
    """What there is of a series between two times."""

    rows: int
    imported_ns: int
    """Of the newest import; 0 without any."""


class BarTable:
    """An open connection."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self) -> None:
        """Makes the table unless it is there."""
        self._client.command((files.HISTORY / f"{TABLE}.sql").read_text("utf-8"))

    def stored(self, venue: str, instrument: str, interval_ns: int, first_ns: int, last_ns: int) -> Stored:
        """Both times are opens, inclusive."""
        series = _parameters(venue, instrument, interval_ns, first_ns, last_ns)
        [(rows, imported_ns)] = self._client.query(_STATE, series).result_rows
        return Stored(int(rows), int(imported_ns))

    def shorter(self, venue: str, instrument: str, interval_ns: int, first_ns: int, last_ns: int) -> int | None:
        """The least interval of stored bars between these opens, inclusive, that `interval_ns` is a multiple of."""
        series = _parameters(venue, instrument, interval_ns, first_ns, last_ns)
        [(found_ns,)] = self._client.query(_SHORTER, series).result_rows
        return int(found_ns) or None

    def insert(self, bars: Any) -> None:
        """A pyarrow Table with the table's columns, in batches."""
        for first in range(0, len(bars), _BATCH_ROWS):
            self._client.insert_arrow(TABLE, bars.slice(first, _BATCH_ROWS), settings=_INSERT)


def _parameters(venue: str, instrument: str, interval_ns: int, first_ns: int, last_ns: int) -> dict[str, str | int]:
    return {
        "venue": venue,
        "instrument": instrument,
        "interval_ns": interval_ns,
        "first_ns": first_ns,
        "last_ns": last_ns,
    }


@contextmanager
def opened(settings: Settings) -> Iterator[BarTable]:
    """Raises NotRunning, ClickHouseUnavailable, QueryFailed."""
    with clickhouse.client(settings.clickhouse_url) as client:
        yield BarTable(client)
