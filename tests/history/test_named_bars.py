"""`named_bars`: the forms of its columns, its units, and what it refuses."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flows.errors import BadBars, StageConfigError
from flows.history import named_bars

Engine = Literal["rust", "python"]
ENGINES: tuple[Engine, ...] = ("rust", "python")
SCALE: dict[str, Any] = {"price_exponent": -2, "quantity_exponent": -3}
TIMES = np.datetime64("2026-03-02T09:00", "ns") + np.arange(6) * np.timedelta64(1, "s")
TRADES: dict[str, Any] = {
    "time": TIMES,
    "price": np.array([100.0, 100.25, 100.5, 100.01, 99.75, 100.0]),
    "quantity": np.array([1.5, 0.5, 2.0, 0.001, 0.999, 1.0]),
    "side": np.array(["buy", "sell", "buy", "buy", "sell", "sell"]),
}
QUOTES: dict[str, Any] = {
    "time": TIMES,
    "bid_price": np.array([100.0, 100.25, 0.0, 100.01, 99.75, 100.0]),
    "bid_quantity": np.ones(6),
    "ask_price": np.array([100.0, 100.25, 100.5, 100.01, 99.75, 100.0]) + 0.02,
    "ask_quantity": np.ones(6),
}


def changed(columns: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The columns with some rows changed: `price=(3, 0.0)`."""
    made = {name: column.copy() for name, column in columns.items()}
    for name, (row, value) in values.items():
        made[name][row] = value
    return made


@pytest.mark.parametrize("engine", ENGINES)
def test_values_come_and_leave_as_values(engine: Engine) -> None:
    made = named_bars(TRADES, ["tick:2", "volume:2"], **SCALE, engine=engine)
    twos = made["series"] == "tick:2"
    assert made["open"][twos].tolist() == [100.0, 100.5, 99.75]
    assert made["high"][twos].tolist() == [100.25, 100.5, 100.0]
    assert made["volume"][twos].tolist() == [2.0, 2.001, 1.999]
    assert made["notional"][twos].tolist() == [200.125, 201.10001, 199.65025]
    assert made["buy_volume"][twos].tolist() == [1.5, 2.001, 0.0]
    assert made["time"].dtype == TIMES.dtype
    assert made["time"][twos].tolist() == TIMES[::2].tolist()
    assert made["offset"].tolist() == [1, 1, 2, 3, 5, 5]
    assert made["series"].tolist() == ["tick:2", "volume:2", "volume:2", "tick:2", "tick:2", "volume:2"]


@pytest.mark.parametrize("engine", ENGINES)
def test_counts_come_and_leave_as_counts(engine: Engine) -> None:
    values = named_bars(TRADES, "tick:2", **SCALE, engine=engine)
    whole = {
        **TRADES,
        "price": np.rint(TRADES["price"] * 100).astype(np.int64),
        "quantity": np.rint(TRADES["quantity"] * 1_000).astype(np.int64),
    }
    counts = named_bars(whole, "tick:2", **SCALE, engine=engine)
    for name, unit in (("open", 100), ("vwap", 100), ("volume", 1_000), ("sell_volume", 1_000)):
        assert counts[name].dtype == np.int64
        assert (counts[name] / unit).tolist() == values[name].tolist()
    assert (counts["notional"] / 100_000).tolist() == values["notional"].tolist()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_side_that_is_empty_is_nan(engine: Engine) -> None:
    made = named_bars(QUOTES, "tick:3@ask", **SCALE, engine=engine)
    assert np.isnan(made["bid_price"]).tolist() == [True, False]
    assert made["ask_price"].tolist() == [100.52, 100.02]
    assert "volume" not in made


@pytest.mark.parametrize(
    "make",
    [pa.table, pl.DataFrame, pd.DataFrame, lambda columns: pd.DataFrame(columns).set_index("time")],
    ids=["Arrow", "polars", "pandas", "pandas, index"],
)
def test_tables_leave_as_they_came(make: Any) -> None:
    expected = named_bars(TRADES, ["tick:2", "renko:0.25"], **SCALE)
    given = make(TRADES)
    made = named_bars(given, ["tick:2", "renko:0.25"], **SCALE)
    assert type(made) is type(given)
    for name, values in expected.items():
        if name == "time" and isinstance(made, pd.DataFrame) and "time" not in made.columns:
            found = made.index.to_numpy()
        else:
            found = made[name].to_numpy()
        assert found.tolist() == values.tolist(), name


def test_structured_arrays_leave_as_such() -> None:
    given = np.empty(6, [(name, values.dtype) for name, values in TRADES.items()])
    for name, values in TRADES.items():
        given[name] = values
    made = named_bars(given, "tick:2", **SCALE)
    expected = named_bars(TRADES, "tick:2", **SCALE)
    assert isinstance(made, np.ndarray)
    assert all(made[name].tolist() == values.tolist() for name, values in expected.items())


@pytest.mark.parametrize(
    "sides",
    [
        np.array([True, False, True, True, False, False]),
        np.array([1, -1, 1, 1, -1, -1]),
        np.array(["BUY", "SELL", "BUY", "BUY", "SELL", "SELL"], object),
    ],
)
def test_aggressors_in_other_words(sides: Any) -> None:
    expected = named_bars(TRADES, "tick:2", **SCALE)
    made = named_bars({**TRADES, "side": sides}, "tick:2", **SCALE)
    assert all(made[name].tolist() == values.tolist() for name, values in expected.items())


def test_without_an_aggressor_nothing_is_told_of_sides() -> None:
    trades = {name: values for name, values in TRADES.items() if name != "side"}
    made = named_bars(trades, "tick:2", **SCALE)
    expected = named_bars(TRADES, "tick:2", **SCALE)
    assert set(expected) - set(made) == {name for name in expected if name.startswith(("buy_", "sell_"))}
    assert all(made[name].tolist() == expected[name].tolist() for name in made)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_ticks_and_no_full_bar_make_no_bars(engine: Engine) -> None:
    none = named_bars({name: values[:0] for name, values in TRADES.items()}, "tick:2", **SCALE, engine=engine)
    few = named_bars(TRADES, "tick:7", **SCALE, engine=engine)
    assert [len(values) for values in none.values()] == [len(values) for values in few.values()] == [0] * len(none)
    assert [values.dtype.kind for values in none.values()] == [values.dtype.kind for values in few.values()]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("columns", "rule", "row", "said"),
    [
        (changed(TRADES, price=(3, np.nan)), "NOT_FINITE", 3, "row 3: price nan: leave such rows out"),
        (changed(TRADES, quantity=(2, np.inf)), "NOT_FINITE", 2, "row 2: quantity inf"),
        (changed(TRADES, price=(3, 100.005)), "NOT_WHOLE", 3, "price 100.005: it is no whole number of 1e-2"),
        (changed(TRADES, price=(3, 1e15)), "NOT_WHOLE", 3, "float64 holds no such count of 1e-2"),
        (changed(TRADES, price=(3, 0.0)), "bad_value", 3, "row 3 (2026-03-02T09:00:03.000000000Z): price 0 is not pos"),
        (changed(TRADES, quantity=(4, -1.0)), "bad_value", 4, "quantity -1000 is not positive"),
        (changed(TRADES, side=(5, "?")), "AGGRESSOR", 5, "row 5: side ?: the aggressor is buy or sell"),
        (changed(TRADES, time=(1, np.datetime64("NaT", "ns"))), "TIME_RANGE", 1, "row 1: time is missing"),
        (changed(QUOTES, bid_quantity=(1, -1.0)), "bad_value", 1, "bid_quantity -1000 is negative"),
        ({**TRADES, "price": TRADES["price"][:5]}, None, None, "columns differ in length: time 6, price 5"),
        ({**TRADES, "side": TRADES["side"][:5]}, None, None, "columns differ in length: time 6, side 5"),
        ({**TRADES, **QUOTES}, None, None, "both trades and quotes"),
        ({"time": TIMES}, None, None, "neither trades nor quotes"),
        ({"time": TIMES, "price": TRADES["price"]}, None, None, "no column quantity"),
        ({**QUOTES, "ask_price": np.arange(6)}, None, None, "counts and values do not mix"),
        ({**TRADES, "price": np.array(["1"] * 6)}, None, None, "give int64 or float64"),
    ],
)
def test_what_cannot_be_is_refused_by_its_row(
    columns: dict[str, Any], rule: str | None, row: int | None, said: str, engine: Engine
) -> None:
    with pytest.raises(BadBars) as raised:
        named_bars(columns, "tick:2" if "price" in columns else "tick:2@ask", **SCALE, engine=engine)
    assert said in str(raised.value)
    assert (raised.value.rule, raised.value.index) == (rule, row)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("series", ["ticks:2", "tick:0", "tick:2@last", "volume:1@mid", "time:1s", "time:1s:fx", []])
def test_a_name_that_means_no_bars_is_refused(series: Any, engine: Engine) -> None:
    with pytest.raises(StageConfigError, match="stage bars: "):
        named_bars(TRADES, series, **SCALE, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_size_that_is_no_whole_count_is_refused_as_in_the_flow(engine: Engine) -> None:
    with pytest.raises(
        BadBars, match=r"series renko:0\.001: the size is no whole count of the units of these ticks"
    ) as raised:
        named_bars(TRADES, "renko:0.001", **SCALE, engine=engine)
    assert (raised.value.rule, raised.value.index) == ("bad_size", 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_time_that_goes_back_is_counted_as_late(engine: Engine) -> None:
    made = named_bars(changed(TRADES, time=(3, TIMES[0])), "tick:2", **SCALE, engine=engine)
    assert made["late_count"].tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    "terms", [{"price_exponent": -19}, {"quantity_exponent": 1.0}, {"engine": "fast"}, {"series": [5]}]
)
def test_terms_that_are_none_are_refused(terms: dict[str, Any]) -> None:
    with pytest.raises(BadBars):
        named_bars(TRADES, **{"series": "tick:2", **SCALE, **terms})
