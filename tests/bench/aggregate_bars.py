"""3,000 one-minute bars into five-minute ones, from Python: each form beside what its own library does.

All ways take turns, so that a machine that slows down slows them all. `make bench BENCH=aggregate_bars`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from flows.history import aggregate_bars

ROWS = 3_000
TURNS = 400
EACH = 5
TARGET_US = 1_000
_SPAN = 5


def test_against_numpy_pandas_polars() -> None:
    columns = minutes(ROWS)
    times = columns["time"].view("M8[ns]")
    structured = np.empty(ROWS, [(name, values.dtype) for name, values in columns.items()])
    for name, values in columns.items():
        structured[name] = values
    frame, table = pd.DataFrame(columns | {"time": times}), pl.DataFrame(columns | {"time": times})
    indexed, arrow = frame.set_index("time"), pa.table(columns | {"time": times})
    ways: dict[str, Callable[[], Any]] = {
        "mapping of arrays": lambda: aggregate_bars(columns, "5m"),
        "structured array": lambda: aggregate_bars(structured, "5m"),
        "Arrow": lambda: aggregate_bars(arrow, "5m"),
        "polars": lambda: aggregate_bars(table, "5m"),
        "pandas": lambda: aggregate_bars(indexed, "5m"),
        "numpy, reshape": lambda: by_reshape(columns),
        "numpy, reshape of a structured array": lambda: by_reshape(structured),
        "numpy, reduceat": lambda: by_reduceat(columns),
        "polars, group_by_dynamic": lambda: by_group(table),
        "pandas, resample": lambda: by_resample(indexed),
    }
    check(columns, ways)
    medians_us = medians(ways)
    beside = {
        "mapping of arrays": ("numpy, reshape", "numpy, reduceat", "polars, group_by_dynamic", "pandas, resample"),
        "structured array": ("numpy, reshape of a structured array",),
        "polars": ("polars, group_by_dynamic",),
        "pandas": ("pandas, resample",),
    }
    print(f"\n{ROWS:,} one-minute bars into {ROWS // _SPAN} of five minutes, medians of {TURNS} turns:")
    for name, median_us in medians_us.items():
        ratios = ", ".join(f"{peer} takes {medians_us[peer] / median_us:.1f} times" for peer in beside.get(name, ()))
        print(f"{name}: {median_us:,.1f} us, {median_us * 1e3 / ROWS:.1f} ns a row{'; ' if ratios else ''}{ratios}")
    assert all(medians_us[name] < TARGET_US for name in (*beside, "Arrow"))


def test_a_million_rows_in_both_engines() -> None:
    columns = minutes(1_000_000)
    spent = {}
    for engine, turns in (("rust", 9), ("python", 1)):
        seconds = [seconds_of(lambda engine=engine: aggregate_bars(columns, "5m", engine=engine)) for _ in range(turns)]
        spent[engine] = statistics.median(seconds)
    print(
        f"\n1,000,000 rows: {spent['rust'] * 1e3:.1f} ms in Rust, {spent['python'] * 1e3:,.0f} ms in Python, "
        f"{spent['python'] / spent['rust']:.0f} times"
    )


def minutes(count: int) -> dict[str, Any]:
    """A walk, from a whole five minutes on."""
    chance = np.random.default_rng(7)
    close = 100 + chance.normal(0, 0.1, count).cumsum()
    opens = np.r_[100.0, close[:-1]]
    return {
        "time": np.datetime64("2026-01-05", "ns").astype(np.int64) + np.arange(count) * 60_000_000_000,
        "open": opens,
        "high": np.maximum(opens, close) + chance.random(count),
        "low": np.minimum(opens, close) - chance.random(count),
        "close": close,
        "volume": chance.random(count),
    }


def by_reshape(columns: Any) -> dict[str, Any]:
    """For bars without a gap alone, and without a check."""
    high, low, volume = (columns[name].reshape(-1, _SPAN) for name in ("high", "low", "volume"))
    return {
        "time": columns["time"][::_SPAN].copy(),
        "open": columns["open"][::_SPAN].copy(),
        "high": high.max(axis=1),
        "low": low.min(axis=1),
        "close": columns["close"][_SPAN - 1 :: _SPAN].copy(),
        "volume": volume.sum(axis=1),
    }


def by_reduceat(columns: dict[str, Any]) -> dict[str, Any]:
    """With gaps, and without a check."""
    places = columns["time"] // (_SPAN * 60_000_000_000)
    starts = np.flatnonzero(np.r_[True, places[1:] != places[:-1]])
    return {
        "time": columns["time"][starts],
        "open": columns["open"][starts],
        "high": np.maximum.reduceat(columns["high"], starts),
        "low": np.minimum.reduceat(columns["low"], starts),
        "close": columns["close"][np.r_[starts[1:], len(places)] - 1],
        "volume": np.add.reduceat(columns["volume"], starts),
    }


def by_group(table: pl.DataFrame) -> pl.DataFrame:
    return table.group_by_dynamic("time", every="5m").agg(
        pl.col("open").first(),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume").sum(),
    )


def by_resample(indexed: pd.DataFrame) -> pd.DataFrame:
    each = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    return indexed.resample("5min").agg(each)


def check(columns: dict[str, Any], ways: dict[str, Callable[[], Any]]) -> None:
    expected = by_reduceat(columns)
    for name, way in ways.items():
        made = way()
        for column in ("open", "high", "low", "close", "volume"):
            assert np.allclose(np.asarray(made[column]), expected[column], rtol=1e-12), (name, column)


def medians(ways: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Microseconds a call: the median over turns of the best of a few calls."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, way in ways.items():
            spent[name].append(min(seconds_of(way) for _ in range(EACH)))
    return {name: statistics.median(seconds) * 1e6 for name, seconds in spent.items()}


def seconds_of(way: Callable[[], Any]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start
