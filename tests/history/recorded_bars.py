"""Recorded bars and ticks of ../shared/data, as columns: prices count a stated unit, so that equal means equal."""

from __future__ import annotations

import csv
import gzip
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.recordings import recording

Columns = dict[str, Any]

EUR_USD = 100_000
"""Units of a quote in `fx`."""
BTC_USD = 100_000_000
"""Units of prices and volumes in `coinbase_bars`."""


def days(folder: str) -> list[str]:
    """The dates that a folder of `ms_of_day` files has."""
    return sorted(path.name[:8] for path in recording(folder).iterdir())


def rows(folder: str, day: str, kind: str) -> NDArray[np.float64]:
    """Of the file of that day, as they stand there."""
    path = recording(f"{folder}/{day}_{kind}.zip")
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        return pl.read_csv(file.read(), has_header=False, infer_schema_length=None).to_numpy()


def columns(table: NDArray[np.float64], day: str, names: Sequence[str], places: Sequence[int], units: int) -> Columns:
    """Columns `places` of the rows as whole numbers, and `time` in nanoseconds since 1970."""
    midnight = datetime.strptime(day, "%Y%m%d").replace(tzinfo=timezone.utc)
    midnight_ns = int(midnight.timestamp()) * 1_000_000_000
    made: Columns = {"time": midnight_ns + table[:, 0].astype(np.int64) * 1_000_000}
    for name, place in zip(names, places, strict=True):
        made[name] = np.rint(table[:, place] * units).astype(np.int64)
    return made


def minutes(path: Path) -> Columns:
    """A file of `time,open,high,low,close,volume`, in float64."""
    with gzip.open(path, "rt") as file:
        table = list(csv.reader(file))[1:]
    made: Columns = {"time": np.array([row[0] for row in table], "M8[ns]")}
    for place, name in enumerate(("open", "high", "low", "close", "volume"), start=1):
        made[name] = np.array([float(row[place]) for row in table])
    return made


def part(bars: Columns, first: int, end: int) -> Columns:
    return {name: values[first:end] for name, values in bars.items()}


def each_row(bars: Columns) -> Iterator[dict[str, Any]]:
    for row in range(len(bars["time"])):
        yield {name: values[row] for name, values in bars.items()}


def same(left: Columns, right: Columns) -> bool:
    """Equal to the bit, in all columns."""
    return list(left) == list(right) and all(np.array_equal(left[name], right[name]) for name in left)
