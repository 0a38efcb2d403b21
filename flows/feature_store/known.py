"""When the flow had each vector of a series: the one place that decides what was the past.

A vector is made when its causing tick is read, and the log's order is the order of events. So at a moment the flow has
read **the longest beginning of the partition whose ticks were all received by then**, and knows the vectors that those
caused. `known_ns` of a vector is thus the highest receive time of all ticks of its partition up to its cause, those of
other instruments and venues included; where clocks never step back that is the cause's own.

Never `close_ns`: a bar closes when a later tick says that it is over, so that its vector is not there yet when it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flows.errors import FeatureStoreError, NoFeatures
from flows.feature_store.series import SERIES_ROWS, Series, asked

OF_SERIES = (
    f"{SERIES_ROWS} AND partition = {{partition:Int32}} AND venue = {{venue:String}} "
    "AND interval_ns = {interval_ns:Int64} AND series = {series:String}"
)
_PARTITION = "topic = {features:String} AND partition = {partition:Int32}"
_TICKS = "topic = {ticks:String} AND partition = {partition:Int32}"
# How far both tables go. Ticks land in the log's order, so that up to the last one all are there.
_LANDED = f"""
WITH (SELECT offset FROM market_ticks WHERE {_TICKS} ORDER BY offset DESC LIMIT 1) AS ticks_end
SELECT ifNull(ticks_end, -1) AS tick, max(origin_offset) AS cause, maxIf(origin_offset, origin_offset <= tick) AS told
FROM market_features WHERE {_PARTITION} AND origin_offset IS NOT NULL
"""
# Both ends in the primary key's order, by the skipping index of receive_ns: few rows are read, however long the log is.
_FIRST_BEHIND = f"""
SELECT offset FROM market_ticks
WHERE {_TICKS} AND receive_ns > fromUnixTimestamp64Nano({{at_ns:Int64}}, 'UTC') ORDER BY offset LIMIT 1
"""
_CAUSES = f"""
SELECT DISTINCT assumeNotNull(origin_offset) AS cause FROM market_features
WHERE {OF_SERIES} AND origin_offset <= {{last:Int64}} AND origin_offset >=
(
    SELECT ifNull(max(origin_offset), 0) FROM market_features WHERE {OF_SERIES} AND origin_offset <= {{first:Int64}}
)
ORDER BY cause
"""
# What of the ticks up to the first cause can be later than it: mostly itself alone.
_UP_TO_FIRST = f"""
SELECT partition, offset, receive_ns FROM market_ticks
WHERE {_TICKS} AND offset <= {{first:Int64}}
    AND receive_ns >= (SELECT receive_ns FROM market_ticks WHERE {_TICKS} AND offset = {{first:Int64}})
"""
# The highest receive time between one cause and the next; their running maximum is made here.
_STRETCHES = f"""
SELECT cause, toUnixTimestamp64Nano(max(tick.receive_ns)) AS highest_ns
FROM
(
    {_UP_TO_FIRST}
    UNION ALL SELECT partition, offset, receive_ns FROM market_ticks
    WHERE {_TICKS} AND offset > {{first:Int64}} AND offset <= {{last:Int64}}
) AS tick
ASOF INNER JOIN
(
    SELECT DISTINCT partition, assumeNotNull(origin_offset) AS cause FROM market_features
    WHERE {OF_SERIES} AND origin_offset BETWEEN {{first:Int64}} AND {{last:Int64}}
) AS vector
ON tick.partition = vector.partition AND tick.offset <= vector.cause
GROUP BY cause ORDER BY cause
"""
_HIGHEST = f"SELECT toUnixTimestamp64Nano(max(receive_ns)) AS highest_ns FROM ({_UP_TO_FIRST})"
UNKNOWN_NS = -1


@dataclass(frozen=True, slots=True)
class Known:
    """Causes of a series' vectors in log order, each with when it was known: all that a question needs."""

    offsets: NDArray[np.int64]
    """Ascending. One cause may make several vectors of a series: the last is what the flow has then."""
    known_ns: NDArray[np.int64]
    """Never descending; UNKNOWN_NS for the last ones, if their ticks have not landed."""
    settled_ns: int
    """Before it nothing of this series can come any more: a later record of the partition has landed."""
    settled_offset: int
    """The same, as a position."""

    def at(self, moments_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each moment the last vector known by then: its place here, or -1. A moment itself belongs to the past."""
        landed = self.known_ns[self.known_ns != UNKNOWN_NS]
        return np.searchsorted(landed, moments_ns, side="right") - 1

    def at_offsets(self, offsets: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each position the last vector that it or what lies before it caused: its place here, or -1."""
        return np.searchsorted(self.offsets, offsets, side="right") - 1

    def times_ns(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """When the vector of each place was known; UNKNOWN_NS also for -1."""
        return np.append(self.known_ns, UNKNOWN_NS)[places]


def by_time(series: Series, moments_ns: NDArray[np.int64], data_dir: Path | str | None) -> Known:
    """What questions about these moments need. Raises NoFeatures if no tick has landed."""
    landed = _landed(series, data_dir)
    ends = []
    for at_ns in (np.min(moments_ns), np.max(moments_ns)) if len(moments_ns) else (0, 0):
        found = asked(_FIRST_BEHIND, {**series.parameters, "at_ns": int(at_ns)}, data_dir).column("offset")
        # The flow had read what lies before the first tick that was received later.
        ends.append(int(found[0].as_py()) - 1 if len(found) else landed.tick)
    return _between(series, ends[0], min(ends[1], landed.tick), landed, data_dir)


def by_offset(series: Series, offsets: NDArray[np.int64], data_dir: Path | str | None) -> Known:
    """What questions about these positions need. Raises NoFeatures if no tick has landed."""
    first, last = (int(np.min(offsets)), int(np.max(offsets))) if len(offsets) else (0, 0)
    return _between(series, first, last, _landed(series, data_dir), data_dir)


@dataclass(frozen=True, slots=True)
class _Landed:
    tick: int
    """Offset of the last tick."""
    cause: int
    """Of the last record of features."""
    told: int
    """Of the last one whose tick has landed."""


def _landed(series: Series, data_dir: Path | str | None) -> _Landed:
    [row] = asked(_LANDED, series.parameters, data_dir).to_pylist()
    found = _Landed(int(row["tick"]), int(row["cause"]), int(row["told"] or 0))
    if found.tick < 0:
        raise NoFeatures(
            f"the ticks that caused the vectors of {series.instrument} have not landed in market_ticks, so that nobody "
            "can say when they were known: the audit flow lands them"
        )
    return found


def _between(series: Series, first: int, last: int, landed: _Landed, data_dir: Path | str | None) -> Known:
    """From the last cause at or before `first` to the last one at or before `last`. Raises FeatureStoreError."""
    bounds = {**series.parameters, "first": first, "last": last}
    offsets = asked(_CAUSES, bounds, data_dir).column("cause").to_numpy()
    told = offsets[offsets <= landed.tick]
    known_ns = np.full(len(offsets), UNKNOWN_NS, np.int64)
    if len(told):
        bounds |= {"first": int(told[0]), "last": int(told[-1])}
        highest_ns = asked(_STRETCHES, bounds, data_dir).column("highest_ns").to_numpy()
        if len(highest_ns) != len(told):
            raise FeatureStoreError(
                f"ticks are missing in market_ticks, {series.ticks}[{series.partition}] {told[0]} to {told[-1]}: "
                "`tapeflow verify` says which"
            )
        known_ns[: len(told)] = np.maximum.accumulate(highest_ns)
    settled = asked(_HIGHEST, {**series.parameters, "first": landed.told}, data_dir).column("highest_ns")
    return Known(offsets, known_ns, settled_ns=int(settled[0].as_py()), settled_offset=landed.cause)
