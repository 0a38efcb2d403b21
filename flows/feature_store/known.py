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

from flows.errors import NoFeatures
from flows.feature_store.series import SERIES_ROWS, Series, asked

OF_SERIES = (
    f"{SERIES_ROWS} AND partition = {{partition:Int32}} AND venue = {{venue:String}} "
    "AND interval_ns = {interval_ns:Int64}"
)
_CAUSES = f"""
WITH
(
    SELECT assumeNotNull(max(origin_offset)) FROM market_features
    WHERE topic = {{features:String}} AND partition = {{partition:Int32}} AND origin_offset IS NOT NULL
) AS last
SELECT DISTINCT assumeNotNull(origin_offset) AS offset, last FROM market_features
WHERE {OF_SERIES} AND origin_offset <= last ORDER BY offset
"""
# The highest receive time between one cause and the next; their running maximum is made here.
_STRETCHES = f"""
SELECT cause AS offset, max(tick.offset) AS reached, toUnixTimestamp64Nano(max(tick.receive_ns)) AS highest_ns
FROM
(
    SELECT partition, offset, receive_ns FROM market_ticks
    WHERE topic = {{ticks:String}} AND partition = {{partition:Int32}} AND offset <= {{last:Int64}}
) AS tick
ASOF INNER JOIN
(
    SELECT DISTINCT partition, assumeNotNull(origin_offset) AS cause FROM market_features
    WHERE {OF_SERIES} AND origin_offset <= {{last:Int64}}
    UNION DISTINCT SELECT {{partition:Int32}}, {{last:Int64}}
) AS vector
ON tick.partition = vector.partition AND tick.offset <= vector.cause
GROUP BY cause ORDER BY cause
"""
UNKNOWN_NS = -1


@dataclass(frozen=True, slots=True)
class Known:
    """The causes of a series' vectors in log order, each with when it was known."""

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


def read(series: Series, data_dir: Path | str | None) -> Known:
    """Raises NoFeatures if not one of the causing ticks has landed."""
    found = asked(_CAUSES, series.parameters, data_dir)
    causes, last = found.column("offset").to_numpy(), int(found.column("last")[0].as_py())
    rows = asked(_STRETCHES, {**series.parameters, "last": last}, data_dir)
    offsets, reached = rows.column("offset").to_numpy(), rows.column("reached").to_numpy()
    # Ticks land in the log's order: up to the last cause that is there itself, all are.
    landed = int(np.count_nonzero(np.logical_and.accumulate(offsets == reached)))
    if not landed:
        raise NoFeatures(
            f"the ticks that caused the vectors of {series.instrument} have not landed in market_ticks, so that nobody "
            "can say when they were known: the audit flow lands them"
        )
    running_ns = np.maximum.accumulate(rows.column("highest_ns").to_numpy()[:landed])
    known_ns = np.full(len(causes), UNKNOWN_NS, np.int64)
    places = np.searchsorted(offsets[:landed], causes)
    inside = places < landed
    known_ns[inside] = running_ns[places[inside]]
    return Known(causes, known_ns, settled_ns=int(running_ns[-1]), settled_offset=last)
