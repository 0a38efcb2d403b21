"""Bars out of a CSV or Parquet file, checked to the last digit."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from flows.errors import BadBars, TapeflowError
from flows.history import decimals, faults
from flows.history.decimals import NoDecimal
from flows.history.engines import ENGINES
from flows.history.layout import PRICES, of_bars
from flows.history.refused import first_refused
from flows.kernels.aggregate_bars import TIME_NS_MAX, BarPlan
from flows.kernels.bar_fault import BarFault

_PER_NS = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}


class BadBarFile(TapeflowError):
    """A file that holds no bars, or wrong ones. `line` counts from 1, the heading included; rows of Parquet too."""

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        super().__init__(f"{path}{'' if line is None else f', line {line}'}: {message}")
        self.line = line


@dataclass(frozen=True)
class FileTerms:
    """How a file is to be read."""

    interval_ns: int | None = None
    """None for the smallest distance between two rows."""
    is_close: bool = False
    """Times are those of the ends."""
    time_unit: str | None = None
    """Of times that are whole numbers: s, ms, us or ns."""
    timezone: str = "UTC"
    """Of times that name none."""
    columns: Sequence[str] | None = None
    """Names of a file's columns that has no heading."""


@dataclass(frozen=True)
class FileBars:
    """Sorted by time; prices and volume as they are written, in decimal128(38, 18)."""

    interval_ns: int
    opens_ns: NDArray[np.int64]
    prices: dict[str, Any]
    price_exponent: int
    volume: Any
    quantity_exponent: int
    left_out: tuple[str, ...]
    """Columns that are no part of a bar."""

    def __len__(self) -> int:
        return len(self.opens_ns)


def read(path: Path, terms: FileTerms) -> FileBars:
    """Raises BadBarFile, OSError."""
    is_parquet = path.suffix == ".parquet"
    table = _parquet(path) if is_parquet else _csv(path, terms.columns)
    names = tuple(table.schema.names)
    try:
        layout = of_bars(names, None, ("volume",) if "volume" in (name.lower() for name in names) else ())
    except BadBars as error:
        raise BadBarFile(path, None, str(error)) from None

    def line_of(row: int) -> int:
        return row + 1 if is_parquet else _line(path, row, has_heading=terms.columns is None)

    try:
        prices = {name: decimals.exact(table.column(name), name) for name in layout.prices}
        volumes = [decimals.exact(table.column(name), name) for name in layout.sums]
    except NoDecimal as error:
        raise BadBarFile(
            path,
            line_of(error.row),
            f"{error.column} is {error.value!r}: give a number of up to 20 digits before the point and 18 behind it",
        ) from None
    times_ns = _times_ns(table.column(layout.time), terms, path, line_of)
    volume = volumes[0] if volumes else pa.nulls(len(table), pa.decimal128(38, 18)).fill_null(0)
    interval_ns = _interval_ns(times_ns, terms, path)
    opens_ns = times_ns - interval_ns if terms.is_close else times_ns
    try:
        _check(opens_ns, interval_ns, list(prices.values()), volume)
    except BarFault as fault:
        shown = [(name, decimals.floats(column)) for name, column in prices.items()]
        told = faults.told(fault, times_ns, [*shown, ("volume", decimals.floats(volume))])
        raise BadBarFile(path, line_of(fault.row) if fault.row >= 0 else None, str(told)) from None
    return FileBars(
        interval_ns,
        opens_ns,
        dict(zip(PRICES, prices.values(), strict=True)),
        decimals.exponent_of(list(prices.values())),
        volume,
        decimals.exponent_of([volume]),
        tuple(name for name in names if name not in layout.order),
    )


def _check(opens_ns: NDArray[np.int64], interval_ns: int, prices: list[Any], volume: Any) -> None:
    """Makes bars of themselves: what the kernel refuses here it would refuse at every question. Raises BarFault."""
    span = (opens_ns[:1], opens_ns[-1:] + interval_ns)
    plan = BarPlan(interval_ns, interval_ns, is_filled=False, is_partial=True, end_ns=None)
    exact = decimals.whole(prices, decimals.exponent_of(prices))
    given = [decimals.floats(column) for column in prices] if exact is None else exact
    ENGINES["rust"](opens_ns, list(given), [decimals.floats(volume)], span, plan)


def _parquet(path: Path) -> Any:
    try:
        return pa.parquet.read_table(path)
    except pa.ArrowInvalid as error:
        raise BadBarFile(path, None, f"this is no Parquet: {error}") from None


def _csv(path: Path, columns: Sequence[str] | None) -> Any:
    """All as text: what a number is, is ours to say."""
    try:
        with pa.csv.open_csv(path, pa.csv.ReadOptions(column_names=columns)) as opened:
            names = opened.schema.names
        return pa.csv.read_csv(
            path,
            pa.csv.ReadOptions(column_names=columns),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise BadBarFile(path, None, f"this is no table: {error}") from None


def _line(path: Path, row: int, *, has_heading: bool) -> int:
    """Of a row; empty lines are none."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(newline="") as file:
        reader = csv.reader(file)
        rows = (reader.line_num for cells in reader if cells)
        return next(line for place, line in enumerate(rows) if place == row + has_heading)


def _times_ns(column: Any, terms: FileTerms, path: Path, line_of: Any) -> NDArray[np.int64]:
    given = column.combine_chunks()
    if pa.types.is_large_string(given.type):
        given = pc.cast(given, pa.string())
    if pa.types.is_string(given.type) and terms.time_unit is not None:
        given = _cast(given, pa.int64(), path, line_of)
    if pa.types.is_integer(given.type):
        if terms.time_unit is None:
            raise BadBarFile(path, None, "times are whole numbers: say what they count, as --time-unit ms")
        counted: NDArray[np.int64] = pc.cast(_present(given, path, line_of), pa.int64()).to_numpy()
        beyond = np.flatnonzero(np.abs(counted.astype(np.float64)) * _PER_NS[terms.time_unit] > TIME_NS_MAX)
        if len(beyond):
            said = f"the time is {counted[beyond[0]]} {terms.time_unit}, before 1678 or after 2261: is it --time-unit?"
            raise BadBarFile(path, line_of(int(beyond[0])), said)
        return counted * _PER_NS[terms.time_unit]
    if pa.types.is_string(given.type):
        has_zone = len(given) > 0 and bool(pc.match_substring_regex(given, r"(Z|[+-]\d\d:?\d\d)$")[0].as_py())
        given = _cast(given, pa.timestamp("ns", "UTC") if has_zone else pa.timestamp("ns"), path, line_of)
    if not pa.types.is_timestamp(given.type):
        raise BadBarFile(path, None, f"times are of type {given.type}: give timestamps, or whole numbers")
    given = pc.cast(given, pa.timestamp("ns", given.type.tz))
    if given.type.tz is None:
        try:
            given = pc.assume_timezone(given, terms.timezone)
        except pa.ArrowInvalid as error:
            raise BadBarFile(path, None, f"times do not name their zone: {error}") from None
    times_ns: NDArray[np.int64] = pc.cast(_present(given, path, line_of), pa.int64()).to_numpy()
    return times_ns


def _present(times: Any, path: Path, line_of: Any) -> Any:
    if times.null_count:
        row = pc.index(pc.is_null(times), True).as_py()
        raise BadBarFile(path, line_of(row), "the time is missing")
    return times


def _cast(column: Any, kind: Any, path: Path, line_of: Any) -> Any:
    try:
        return pc.cast(column, kind)
    except pa.ArrowInvalid:
        row = first_refused(column, lambda part: pc.cast(part, kind))
        said = f"{column[row].as_py()!r} is no time: give ISO 8601 alike in all rows, or --time-unit"
        raise BadBarFile(path, line_of(row), said) from None


def _interval_ns(times_ns: NDArray[np.int64], terms: FileTerms, path: Path) -> int:
    if terms.interval_ns is not None:
        return terms.interval_ns
    if len(times_ns) < 2:
        raise BadBarFile(path, None, "fewer than two bars do not tell how long one is: give the interval")
    # Where times are out of order, it is for the kernel to say where.
    return max(int(np.diff(times_ns).min()), 1)
