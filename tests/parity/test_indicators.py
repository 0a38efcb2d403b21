"""Every indicator: both engines, one by one, at once and resumed give the same numbers to the bit."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pandas
import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows import indicators
from flows.contracts.codec import decode, encode
from flows.contracts.records import L2BookState
from flows.contracts.registry import SchemaIds
from flows.errors import IndicatorInputError, IndicatorParameterError, IndicatorRestoreError
from flows.indicators.stream import Engine
from flows.indicators.table import ROWS
from flows.stack.files import PROJECT
from tests.parity.indicator_rows import NAMES, bits, defaults, extend_all, parameters_of, rows_of, stream, update_all
from tests.parity.recorded_bars import columns_of, minute_bars

ENGINES: tuple[Engine, ...] = ("rust", "python")


def test_generated_files_follow_from_the_table() -> None:
    command = [sys.executable, "-m", "infra.codegen.indicators", "--check"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_there_are_enough_of_each_family() -> None:
    assert len(ROWS) >= 60


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_ways_agree(name: str, data: st.DataObject) -> None:
    row = ROWS[name]
    parameters, rows = data.draw(parameters_of(row)), data.draw(rows_of(row))
    cut = data.draw(st.integers(0, len(rows)))
    rust, python = (stream(row, parameters, engine) for engine in ENGINES)
    expected = bits(update_all(python, rows))
    assert bits(extend_all(rust, rows)) == expected
    assert bits(extend_all(stream(row, parameters, "python"), rows)) == expected
    assert all(
        value is None or all(map(math.isfinite, value)) for value in update_all(stream(row, parameters, "rust"), rows)
    )
    if rust.warm_up is not None:
        assert [value is None for value in expected] == [index < rust.warm_up for index in range(len(rows))]
    assert rust.snapshot() == python.snapshot()
    # In the middle each engine goes on from the other's snapshot.
    for first, second in (ENGINES, reversed(ENGINES)):
        before, after = stream(row, parameters, first), stream(row, parameters, second)
        begun = bits(update_all(before, rows[:cut]))
        after.restore(before.snapshot())
        assert begun + bits(update_all(after, rows[cut:])) == expected
        before.restore(before.snapshot())
        assert begun + bits(extend_all(before, rows[cut:])) == expected


@pytest.mark.parametrize("name", NAMES)
def test_twins_agree_on_recorded_bars(name: str) -> None:
    row = ROWS[name]
    columns = [column[:600] for column in columns_of(row, minute_bars())]
    rust, python = (stream(row, defaults(row), engine).extend(*columns) for engine in ENGINES)
    np.testing.assert_array_equal(rust, python)
    assert np.isfinite(rust).any()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("engine", ENGINES)
def test_bad_rows_change_nothing(name: str, engine: str) -> None:
    row = ROWS[name]
    columns = [column[:40] for column in columns_of(row, minute_bars())]
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    sound = stream(row, defaults(row), engine)
    tried = stream(row, defaults(row), engine)
    for place, one in enumerate(row.inputs):
        for wrong in _wrong_values(one.rule.name):
            for index in (0, 7):
                bad = list(rows[index])
                bad[place] = wrong
                with pytest.raises(IndicatorInputError, match=rf"^{name}: {one.name}\[0\] is ") as told:
                    tried.update(*bad)
                assert (told.value.input_name, told.value.index) == (one.name, 0)
                changed = [column.copy() for column in columns]
                changed[place][index] = wrong
                with pytest.raises(IndicatorInputError, match=rf"^{name}: {one.name}\[{index}\] is ") as told:
                    tried.extend(*changed)
                assert (told.value.indicator, told.value.index) == (name, index)
    assert tried.snapshot() == sound.snapshot()
    assert bits(update_all(tried, rows)) == bits(update_all(sound, rows))


def _wrong_values(rule: str) -> tuple[float, ...]:
    below = {"ANY": (), "POSITIVE": (0.0, -1.0, 1e-70), "NOT_NEGATIVE": (-1.0,)}[rule]
    return (math.nan, math.inf, -math.inf, 1e61, *below)


@pytest.mark.parametrize("engine", ENGINES)
def test_high_below_low(engine: Any) -> None:
    with pytest.raises(IndicatorInputError, match=r"^aroon: high\[1\] is 2.0: below the low; check the order"):
        indicators.aroon([3.0, 2.0, 9.0], [2.0, 3.0, 8.0], engine=engine)
    with pytest.raises(IndicatorInputError, match=r"^atr: high\[0\] is 2.0: below the low"):
        indicators.Atr(engine=engine).update(2.0, 3.0, 2.5)


def test_messages_are_the_same_in_both_engines() -> None:
    for value in (math.nan, -math.inf, 1e300, 0.0, -2.5, 1e-70):
        told = []
        for engine in ENGINES:
            with pytest.raises(IndicatorInputError) as raised:
                indicators.Natr(engine=engine).update(3.0, 1.0, value)
            told.append(str(raised.value))
        assert told[0] == told[1]


def test_columns_that_are_none() -> None:
    with pytest.raises(IndicatorInputError, match="obv: volume has 2 values, close has 3; give one a row"):
        indicators.obv([1.0, 2.0, 3.0], [1.0, 2.0])
    with pytest.raises(IndicatorInputError, match="sma: close is empty"):
        indicators.sma([])
    with pytest.raises(IndicatorInputError, match="sma: close has 2 dimensions"):
        indicators.sma([[1.0], [2.0]])
    with pytest.raises(IndicatorInputError, match="sma: close is no array of numbers"):
        indicators.sma(["a"])


@pytest.mark.parametrize("engine", ENGINES)
def test_wrong_parameters(engine: Any) -> None:
    for wrong in (0, -1, 100_001, 2.5, True, "14", None):
        with pytest.raises(
            IndicatorParameterError, match=r"^sma: timeperiod is .*; give a whole number from 1 to 100000"
        ):
            indicators.Sma(wrong, engine=engine)  # type: ignore[arg-type]
    with pytest.raises(IndicatorParameterError, match="sar: maximum is nan; give a number"):
        indicators.Sar(0.02, math.nan, engine=engine)
    with pytest.raises(IndicatorParameterError, match="engine is 'fast'; give rust or python"):
        indicators.Sma(3, engine="fast")  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES)
def test_snapshots_that_are_none(engine: Any) -> None:
    rsi = indicators.Rsi(3, engine=engine)
    for value in (1.0, 2.0, 1.5, 1.7):
        rsi.update(value)
    before = rsi.snapshot()
    other = indicators.Rsi(4, engine=engine).snapshot()
    for wrong, why in (
        (b"", "cannot be read"),
        (before[:-3], "cannot be read"),
        (other, r"of rsi with \[4.0\]"),
        (indicators.Sma(3, engine=engine).snapshot(), "of sma"),
    ):
        with pytest.raises(IndicatorRestoreError, match=why):
            rsi.restore(wrong)
    ids = SchemaIds.embedded()
    state = decode(before, ids)
    for memory in (state.memory[:-1], [*state.memory, 0.0], [math.nan, *state.memory[1:]], [0.5, *state.memory[1:]]):
        with pytest.raises(IndicatorRestoreError):
            rsi.restore(encode(type(state)(state.indicator, state.parameters, memory), ids))
    with pytest.raises(IndicatorRestoreError):
        rsi.restore(encode(L2BookState(None, [], []), ids))
    assert rsi.snapshot() == before


@pytest.mark.parametrize("name", NAMES)
def test_flat_prices_have_stated_values(name: str) -> None:
    """Nothing divides by zero, and nothing dies away into denormals: they would be seen in the memory."""
    row = ROWS[name]
    columns = [np.full(12_000, 5.0) for _ in row.inputs]
    for column in columns:
        column[:60] = 5.0 + 0.5 * np.sin(np.arange(60.0))
    if {"high", "low"} <= {one.name for one in row.inputs}:
        for one, column in zip(row.inputs, columns, strict=True):
            column[:60] += {"high": 1.0, "low": -1.0}.get(one.name, 0.0)
    flat = stream(row, defaults(row), "rust")
    values = flat.extend(*columns)
    for array in values if isinstance(values, tuple) else (values,):
        assert np.isfinite(array[-1])
    smallest = np.finfo(np.float64).tiny
    assert all(number == 0.0 or abs(number) >= smallest for number in flat._core.memory())


@pytest.mark.parametrize("name", ["rsi", "cmo", "stochrsi", "plus_di", "minus_di", "dx", "adx", "adxr"])
def test_prices_that_go_one_way_leave_no_denormals(name: str) -> None:
    row = ROWS[name]
    rising = 5.0 + np.arange(20_000.0)
    rising[:60] += 9.0 * np.sin(np.arange(60.0))
    moving = stream(row, defaults(row), "rust")
    moving.extend(*(rising for _ in row.inputs))
    smallest = np.finfo(np.float64).tiny
    assert all(number == 0.0 or abs(number) >= smallest for number in moving._core.memory())


def test_moments_are_what_they_can_be_whatever_comes() -> None:
    """A window of n values has a fourth moment of at most n, a third of at most n either way."""
    values = [1e60, -1e60, 1e-60, 0.0, 1.0, 1e30, 1e-30, 1e60, 1e60, 1e-3] * 9
    for engine in ENGINES:
        assert np.nanmax(indicators.kurtosis(values, 5, engine=engine)) <= 2.0
        assert np.nanmax(np.abs(indicators.skew(values, 5, engine=engine))) <= 5.0


@pytest.mark.parametrize("engine", ENGINES)
def test_microprice_of_a_mirrored_quote_is_mirrored(engine: Any) -> None:
    """Bought and sold out in turn; 4 buckets, of which a half and a quarter are bounds."""
    sizes = [(3.0, 1.0), (1.0, 3.0), (2.0, 2.0), (1.0, 9.0), (9.0, 1.0), (2.0, 2.0)] * 20
    steps = np.cumsum([0.0, 0.5, 0.5, 0.0, -1.0, 1.5] * 20)
    plain = indicators.Microprice(4, engine=engine)
    mirrored = indicators.Microprice(4, engine=engine)
    for step, (bid_size, ask_size) in zip(steps.tolist(), sizes, strict=True):
        found = plain.update(100.0 + step, bid_size, 101.0 + step, ask_size)
        other = mirrored.update(99.0 - step, ask_size, 100.0 - step, bid_size)
        assert found is not None
        assert other is not None
        assert found - (100.5 + step) == pytest.approx(-(other - (99.5 - step)), abs=1e-12)
        if bid_size == ask_size:
            assert found == 100.5 + step


@pytest.mark.parametrize("engine", ENGINES)
def test_counts_of_a_memory_have_bounds(engine: Any) -> None:
    ids = SchemaIds.embedded()
    for made in (indicators.Ema(3, engine=engine), indicators.Rsi(3, engine=engine), indicators.Sma(3, engine=engine)):
        state = decode(made.snapshot(), ids)
        memory = list(state.memory)
        # The count stands first, behind the last value, and last of all.
        memory[{"ema": 0, "rsi": 2, "sma": -1}[made.name]] = 4.0
        with pytest.raises(IndicatorRestoreError):
            made.restore(encode(type(state)(state.indicator, state.parameters, memory), ids))


@pytest.mark.parametrize("engine", ENGINES)
def test_ratios_of_averages_that_die_away_stay(engine: Any) -> None:
    """Long after the averages are next to nothing."""
    close = np.full(20_000, 5.0)
    close[:60] = 5.0 + 0.5 * np.sin(np.arange(60.0))
    for found in (
        indicators.rsi(close, engine=engine),
        indicators.cmo(close, engine=engine),
        indicators.plus_di(close, close, close, engine=engine),
        indicators.dx(close, close, close, engine=engine),
    ):
        assert abs(found[-1]) > 0.0
        np.testing.assert_allclose(found[-9000], found[-1], rtol=1e-9)


def test_what_arrays_are_taken() -> None:
    close = np.array([1.0, 2.0, 4.0, 3.0, 5.0])
    expected = indicators.ema(close, 3)
    for given_as in (
        close.tolist(),
        pandas.Series(close),
        polars.Series(close),
        close.astype(np.float32),
        np.repeat(close, 2)[::2],
    ):
        np.testing.assert_array_equal(indicators.ema(given_as, 3), expected)
