"""A million trades into tick and dollar bars, from Python: beside NumPy, polars and pandas.

What the others make is less: open, high, low, close, volume and count, of sums that 64 bits must hold, with no check
and without sides, late trades and pairs. NumPy's dollar bars are ours, bar for bar (a search for each bar's end); those
of polars and pandas are the usual recipe, by whole multiples of the sum so far, which ends other bars.

All ways take turns, so that a machine that slows down slows them all. `make bench BENCH=named_bars`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from flows.history import named_bars

ROWS, TURNS = 1_000_000, 7
TICKS, NOTIONAL = 500, 5_000_000
SCALE: dict[str, Any] = {"price_exponent": -2, "quantity_exponent": -5}
TARGET_ROWS_PER_S = 2e6


def test_a_million_trades() -> None:
    columns = trades(ROWS)
    values = {**columns, "price": columns["price"] / 100, "quantity": columns["quantity"] / 100_000}
    frame, table = pd.DataFrame(columns), pl.DataFrame(columns)
    tick, dollar = f"tick:{TICKS}", f"dollar:{NOTIONAL}"
    unit = NOTIONAL * 10**7
    ways: dict[str, Callable[[], Any]] = {
        "ticks, int64": lambda: named_bars(columns, tick, **SCALE),
        "ticks, float64": lambda: named_bars(values, tick, **SCALE),
        "ticks, numpy": lambda: reduced(columns, np.arange(0, ROWS, TICKS)),
        "ticks, polars": lambda: by_polars(table, pl.int_range(pl.len()) // TICKS),
        "ticks, pandas": lambda: by_pandas(frame, np.arange(ROWS) // TICKS),
        "dollars, int64": lambda: named_bars(columns, dollar, **SCALE),
        "dollars, numpy": lambda: reduced(columns, starts(columns, unit)),
        "dollars, polars": lambda: by_polars(table, (pl.col("price") * pl.col("quantity")).cum_sum() // unit),
        "dollars, pandas": lambda: by_pandas(frame, (frame["price"] * frame["quantity"]).cumsum() // unit),
        "five kinds at once, int64": lambda: named_bars(
            columns, [tick, dollar, "volume:80", "renko:25", "dollar_run:500:20"], **SCALE
        ),
    }
    for mine, other in (("ticks, int64", "ticks, numpy"), ("dollars, int64", "dollars, numpy")):
        made, expected = ways[mine](), ways[other]()
        for name, found in expected.items():
            assert np.array_equal(made[name], found[: len(made[name])]), (mine, name)
        assert len(expected["close"]) - len(made["close"]) in (0, 1), "the last one may be open"
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, way in ways.items():
            spent[name].append(seconds_of(way))
    medians_s = {name: statistics.median(found) for name, found in spent.items()}
    few = {name: values[:50_000] for name, values in columns.items()}
    twin_s = seconds_of(lambda: named_bars(few, tick, **SCALE, engine="python")) / len(few["price"])
    print(f"\n{ROWS:,} trades, medians of {TURNS} turns:")
    for name, median_s in medians_s.items():
        print(f"{name}: {median_s * 1e3:,.1f} ms, {median_s / ROWS * 1e9:.0f} ns a trade")
    print(f"Python twin, ticks: {twin_s * 1e9:,.0f} ns a trade, {twin_s * ROWS / medians_s['ticks, int64']:.0f} times")
    assert ROWS / medians_s["ticks, int64"] >= TARGET_ROWS_PER_S


def trades(count: int) -> dict[str, Any]:
    """A walk around 60,000, in whole cents."""
    chance = np.random.default_rng(7)
    return {
        "time": np.datetime64("2026-01-05", "ns").astype(np.int64) + chance.integers(0, 2_000_000, count).cumsum(),
        "price": 6_000_000 + chance.integers(-100, 101, count).cumsum(),
        "quantity": chance.integers(1, 50_000, count),
        "side": chance.random(count) < 0.5,
    }


def starts(columns: dict[str, Any], unit: int) -> Any:
    """Of the bars that end with the trade which brings their notional to `unit`, or beyond."""
    sums = (columns["price"] * columns["quantity"]).cumsum()
    found, base = [0], 0
    while (end := int(np.searchsorted(sums, base + unit))) + 1 < len(sums):
        found.append(end + 1)
        base = int(sums[end])
    return np.array(found)


def reduced(columns: dict[str, Any], starts: Any) -> dict[str, Any]:
    price = columns["price"]
    return {
        "open": price[starts],
        "high": np.maximum.reduceat(price, starts),
        "low": np.minimum.reduceat(price, starts),
        "close": price[np.r_[starts[1:], len(price)] - 1],
        "volume": np.add.reduceat(columns["quantity"], starts),
        "trade_count": np.diff(np.r_[starts, len(price)]),
    }


def by_polars(table: pl.DataFrame, group: Any) -> pl.DataFrame:
    price = pl.col("price")
    return table.group_by(group.alias("bar"), maintain_order=True).agg(
        price.first().alias("open"),
        price.max().alias("high"),
        price.min().alias("low"),
        price.last().alias("close"),
        pl.col("quantity").sum(),
        pl.len(),
    )


def by_pandas(frame: pd.DataFrame, group: Any) -> Any:
    groups = frame.groupby(group, sort=False)
    return groups["price"].agg(["first", "max", "min", "last"]).join(groups["quantity"].agg(["sum", "count"]))


def seconds_of(way: Callable[[], Any]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start
