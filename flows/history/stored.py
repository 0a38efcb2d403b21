"""Bars read back from ClickHouse by range: those that were imported, and those that the flow wrote."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from flows.connectors.clickhouse import QueryFailed
from flows.errors import BadBars
from flows.history import decimals, moment
from flows.history.aggregate import aggregate_bars
from flows.history.cache import BarCache, BarRange
from flows.history.forms import FORMS
from flows.history.layout import PRICES
from flows.history.nearest import nearest
from flows.history.session import ListedSessions, Session
from flows.history.timeframe import DAY_NS, timeframe_ns
from flows.stack.settings import Settings
from flows.tape_query import query

_HOUR_NS = 3_600_000_000_000
# A session of a day is longer by the hour that clocks are set back.
_LONGEST_NS = DAY_NS + 2 * _HOUR_NS

_SOURCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "imported": ("history_bars", "history_bars FINAL WHERE"),
        "flow": ("market_bars", "market_bars WHERE kind = 'Bar' AND series = '' AND topic = {topic:String} AND"),
    }
)
# Each insert takes the next number of its table: while the highest stays, so do the rows. Merges change none of them.
_VERSION = """
SELECT max(max_block_number), max(data_version),
    (SELECT toString(any(uuid)) FROM system.tables WHERE database = currentDatabase() AND name = {table:String})
FROM system.parts WHERE database = currentDatabase() AND table = {table:String} AND active
"""
_SERIES = """
SELECT venue, interval_ns, count() AS rows, min(open_ns) AS first, max(open_ns) AS last FROM {rows}
    instrument = {{instrument:String}} GROUP BY venue, interval_ns ORDER BY venue, interval_ns
"""
_RANGE = """
SELECT open_ns, open, high, low, close, volume, price_exponent, quantity_exponent FROM {rows}
    instrument = {{instrument:String}} AND venue = {{venue:String}} AND interval_ns = {{interval_ns:Int64}}
    AND open_ns >= fromUnixTimestamp64Nano({{start_ns:Int64}}) AND open_ns < fromUnixTimestamp64Nano({{end_ns:Int64}})
ORDER BY open_ns
"""

To = Literal["polars", "pandas", "arrow", "numpy"]


class NoBars(BadBars):
    """ClickHouse holds none of the bars that were asked for."""


class History:
    """The bars that one ClickHouse holds, with what was asked lately kept in memory. Threads may share it."""

    def __init__(
        self, data_dir: Path | str | None = None, *, cache: BarCache | None = None, recheck_s: float = 0.0
    ) -> None:
        """Of the running stack, of a stopped one's folder, or of TAPEFLOW_CLICKHOUSE_URL.

        Before a kept result is given, ClickHouse is asked whether any rows came; not again within `recheck_s`.
        """
        self._data_dir = data_dir
        self._recheck_s = recheck_s
        self._versions: dict[str, tuple[float, tuple[Any, ...]]] = {}
        self.cache = cache or BarCache()

    def bars(
        self,
        instrument: str,
        timeframe: str | int | timedelta,
        start: str | int | datetime,
        end: str | int | datetime,
        *,
        venue: str | None = None,
        source: Literal["imported", "flow"] = "imported",
        session: Session | ListedSessions | None = None,
        gaps: Literal["empty", "filled"] = "empty",
        partial: bool = False,
        exact: bool = False,
        to: To = "polars",
    ) -> Any:
        """Bars whose open lies in [start, end), made of the longest stored ones that the timeframe is a multiple of.

        `start` and `end` are ISO 8601, datetimes or nanoseconds since 1970. Columns are time (the open, UTC), open,
        high, low, close, volume as float64; with `exact`, whole numbers of 10^price_exponent and 10^quantity_exponent,
        which are columns then. The other terms are those of `aggregate_bars`; gaps are filled behind the first bar of
        the range. `venue` may be left out where one alone has the instrument. What it gives is not to be changed.

        Raises NoBars, BadBars, and what `flows.query` raises.
        """
        if to not in FORMS or source not in _SOURCES:
            raise BadBars(f"to={to!r}, source={source!r}: choose {', '.join(FORMS)}; {', '.join(_SOURCES)}")
        length_ns = timeframe_ns(timeframe)
        start_ns, end_ns = moment.at_ns(start), moment.at_ns(end)
        if not start_ns < end_ns:
            raise BadBars(f"a range from {start} to {end} is empty: give an end behind its start")
        version = self._version(source)
        terms = (venue, source, session, gaps, partial, exact, version)
        key = BarRange(instrument, length_ns, start_ns, end_ns, terms)
        columns = self.cache.get(key)
        if columns is None:
            columns = self._read(key, venue, source, session, gaps, partial, exact)
            self.cache.put(key, columns)
        return FORMS[to](columns)

    def series(self, instrument: str, source: Literal["imported", "flow"] = "imported") -> Any:
        """Which bars there are: a pyarrow Table of venue, interval_ns, rows, first and last open. Raises NoBars."""
        return self._ask(_SERIES, source, {"instrument": instrument})

    def _version(self, source: str) -> tuple[Any, ...]:
        """What changes whenever rows come."""
        asked_s, version = self._versions.get(source, (-math.inf, ()))
        now_s = time.monotonic()
        if now_s - asked_s >= self._recheck_s:
            found = query(_VERSION, {"table": _SOURCES[source][0]}, data_dir=self._data_dir).to_pylist()
            version = tuple(found[0].values())
            self._versions[source] = (now_s, version)
        return version

    def _read(
        self, key: BarRange, venue: str | None, source: str, session: Any, gaps: Any, partial: bool, exact: bool
    ) -> dict[str, Any]:
        found_venue, interval_ns, last_ns = self._chosen(key, venue, source)
        # The bucket in which the range ends is read whole.
        beyond_ns = _LONGEST_NS if key.timeframe_ns == DAY_NS else key.timeframe_ns
        parameters = {
            "instrument": key.instrument,
            "venue": found_venue,
            "interval_ns": interval_ns,
            "start_ns": key.start_ns,
            "end_ns": key.end_ns + beyond_ns,
        }
        rows = self._ask(_RANGE, source, parameters)
        prices = _Numbers(rows, PRICES, "price_exponent", exact)
        volume = _Numbers(rows, ("volume",), "quantity_exponent", exact)
        bars = {"time": rows.column("open_ns").cast(pa.int64()).to_numpy(), **prices.columns, **volume.columns}
        # What is stored behind the range says that there is no more of its last bar.
        until = min(last_ns, key.end_ns + beyond_ns) + interval_ns
        made = aggregate_bars(
            bars, key.timeframe_ns, interval=interval_ns, session=session, gaps=gaps, partial=partial, until=until
        )
        inside = (made["time"] >= key.start_ns) & (made["time"] < key.end_ns)
        columns = {name: values[inside] for name, values in made.items()}
        columns["time"] = columns["time"].view("M8[ns]")
        for numbers in (prices, volume):
            columns |= numbers.made(columns)
        for values in columns.values():
            values.flags.writeable = False
        return columns

    def _chosen(self, key: BarRange, venue: str | None, source: str) -> tuple[str, int, int]:
        """Venue and interval to read, and when the last of these bars opened. Raises NoBars, BadBars."""
        there = self._ask(_SERIES, source, {"instrument": key.instrument}).to_pylist()
        venues = sorted({str(row["venue"]) for row in there})
        if venue is None and len(venues) > 1:
            raise BadBars(f"{key.instrument} is there of {', '.join(venues)}: name one as venue=")
        found = [row for row in there if venue in (None, row["venue"])]
        if not found:
            raise NoBars(
                f"no bars of {key.instrument}{f' at {venue}' if venue else ''} are {_WHERE[source]}"
                f"{'; they are there of ' + ', '.join(venues) if venues else ''}"
            )
        lengths = [int(row["interval_ns"]) for row in found if key.timeframe_ns % int(row["interval_ns"]) == 0]
        if not lengths:
            there_s = ", ".join(f"{row['interval_ns'] // 1_000_000_000} s" for row in found)
            raise NoBars(f"{key.instrument} has bars of {there_s}, of which the timeframe is no multiple")
        [series] = [row for row in found if int(row["interval_ns"]) == max(lengths)]
        return str(series["venue"]), int(series["interval_ns"]), moment.at_ns(series["last"])

    def _ask(self, sql: str, source: str, parameters: Mapping[str, Any]) -> Any:
        """Raises NoBars where not even the table is there."""
        settings = Settings.load(self._data_dir)
        given = {**parameters, "topic": settings.topic("market.bars")} if source == "flow" else dict(parameters)
        try:
            return query(sql.format(rows=_SOURCES[source][1]), given, data_dir=self._data_dir)
        except QueryFailed as error:
            if "UNKNOWN_TABLE" in str(error):
                raise NoBars(f"no bars are {_WHERE[source]}") from error
            raise


_WHERE = {
    "imported": "imported; `tapeflow bars import FILE` does that",
    "flow": "in market_bars; the audit flow lands there what flow bars writes",
}


class _Numbers:
    """Columns of one unit: whole numbers of it while they are aggregated, if 64 bits hold them."""

    def __init__(self, rows: pa.Table, names: Sequence[str], unit: str, exact: bool) -> None:
        """Raises BadBars if they are to be exact and do not fit."""
        units = rows.column(unit).to_numpy()
        # The smallest of all imports in the range.
        self._exponent = int(units.min()) if len(units) else 0
        self._unit = unit
        self._names = names
        self._exact = exact
        given = [rows.column(name).combine_chunks() for name in names]
        found = decimals.whole(given, self._exponent)
        self._is_whole = found is not None
        if exact and found is None:
            raise BadBars(
                f"{', '.join(names)}: some take more than 64 bits in units of 1e{self._exponent}; leave exact out, or "
                "read them as decimals with flows.query"
            )
        values: Sequence[Any] = [decimals.floats(column) for column in given] if found is None else found
        self.columns: dict[str, Any] = dict(zip(names, values, strict=True))

    def made(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Of the aggregated columns those of this unit, and the unit's own if they are exact."""
        if self._exact:
            return {self._unit: np.full(len(columns["time"]), self._exponent, np.int32)}
        if not self._is_whole:
            return {}
        return {name: nearest(columns[name], self._exponent) for name in self._names}
