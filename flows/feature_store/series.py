"""One series of feature vectors: of an instrument at a venue, over bars of one kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.connectors.clickhouse import QueryFailed
from flows.errors import AmbiguousSeries, NoFeatures
from flows.stack.settings import Settings
from flows.tape_query import query
from flows.times import length

SERIES_ROWS = "topic = {features:String} AND kind = 'FeatureVector' AND instrument = {instrument:String}"
_SERIES = f"""
SELECT venue, interval_ns, series, partition, uniqExact(origin_offset, origin_index) AS vectors,
    min(receive_ns) AS first, max(receive_ns) AS last
FROM market_features WHERE {SERIES_ROWS}
GROUP BY venue, interval_ns, series, partition ORDER BY venue, interval_ns, series, partition
"""


@dataclass(frozen=True, slots=True)
class Series:
    """Where it stands in the log: both topics have it in the same partition."""

    venue: str
    instrument: str
    interval_ns: int
    """0 where time does not end the bars."""
    series: str
    """Empty for bars that time ends, else which they are: volume:10."""
    partition: int
    features: str
    """The topic's name in the broker, with its prefix."""
    ticks: str

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Of statements about it."""
        return {name: getattr(self, name) for name in self.__slots__}


def listed(instrument: str, data_dir: Path | str | None) -> Any:
    """A pyarrow Table of venue, interval_ns, series, partition, vectors, first and last receive_ns; without rows if
    there are none. Raises NoFeatures where not even the table is there, and what `flows.query` raises."""
    settings = Settings.load(data_dir)
    return asked(_SERIES, {"features": settings.topic("market.features"), "instrument": instrument}, data_dir)


def chosen(
    instrument: str, venue: str | None, interval_ns: int | None, series: str | None, data_dir: Path | str | None
) -> Series:
    """The one that is meant. Raises NoFeatures, AmbiguousSeries."""
    settings = Settings.load(data_dir)
    there = listed(instrument, data_dir).to_pylist()
    found = [
        row
        for row in there
        if venue in (None, row["venue"])
        and interval_ns in (None, int(row["interval_ns"]))
        and series in (None, row["series"])
    ]
    if not found:
        known = f"; there are those of {_told(there)}" if there else ""
        raise NoFeatures(
            f"no feature vectors of {instrument} as asked for are in market_features{known}. "
            "The audit flow lands there what flow features or market writes"
        )
    if len(found) > 1:
        is_moved = len({(row["venue"], row["interval_ns"], row["series"]) for row in found}) == 1
        partitions = ", ".join(str(row["partition"]) for row in found)
        raise AmbiguousSeries(
            f"{instrument} was moved between partitions {partitions}, whose records have no common order: read one "
            "log at a time, by its prefix"
            if is_moved
            else f"{instrument} has feature vectors of {_told(found)}: name one by venue, and by interval or series"
        )
    [row] = found
    return Series(
        venue=str(row["venue"]),
        instrument=instrument,
        interval_ns=int(row["interval_ns"]),
        series=str(row["series"]),
        partition=int(row["partition"]),
        features=settings.topic("market.features"),
        ticks=settings.topic("market.ticks"),
    )


def asked(sql: str, parameters: Mapping[str, Any], data_dir: Path | str | None) -> Any:
    """Raises NoFeatures where not even the table is there."""
    try:
        return query(sql, parameters, data_dir=data_dir)
    except QueryFailed as error:
        if "UNKNOWN_TABLE" in str(error):
            raise NoFeatures("no features have landed: the audit flow makes the tables and fills them") from error
        raise


def kind(row: Mapping[str, Any]) -> str:
    """Which bars, as people read it."""
    return str(row["series"]) or length(int(row["interval_ns"]))


def _told(rows: list[dict[str, Any]]) -> str:
    return ", ".join(f"{row['venue']} {kind(row)}" for row in rows)
