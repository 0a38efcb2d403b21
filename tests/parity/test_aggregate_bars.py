"""Both engines make the same bars to the bit, and refuse the same rows, whatever comes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.history import BadBars, Session, aggregate_bars, aggregate_ticks

MINUTE_NS = 60_000_000_000
START_NS = 1_710_000_000_000_000_000 // (1_440 * MINUTE_NS) * 1_440 * MINUTE_NS
BIG = 2**63 - 1

# Across the spring change of New York's clocks, which is on the day of START_NS.
sessions = st.sampled_from(
    [
        None,
        Session("17:00", "America/New_York"),
        Session("09:30", "America/New_York", end="16:00"),
        Session("23:00", "Europe/London", end="22:00", days=("sat", "sun", "mon")),
    ]
)
steps = st.sampled_from([1, 1, 1, 1, 1, 2, 3, 60, 400]) | st.sampled_from([0, -1])
good_steps = st.sampled_from([1, 1, 1, 1, 1, 2, 3, 60, 400])
floats = st.sampled_from([1.0, -2.5, 0.0, -0.0, 0.1, 1e300, float("nan"), float("inf"), float("-inf")])
good_floats = st.sampled_from([1.0, -2.5, 0.0, -0.0, 0.1, 0.2, 1e308]) | st.floats(-1e6, 1e6)
integers = st.integers(-5, 5) | st.sampled_from([BIG, -BIG - 1])
volumes = st.floats(0, 10) | st.sampled_from([0.0, -0.0, 1e308, -1.0, float("nan"), float("inf")])
good_volumes = st.floats(0, 10) | st.sampled_from([0.0, -0.0])
whole_volumes = st.integers(0, 5) | st.sampled_from([BIG, -1])


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    """Sound ones and others; columns of either type."""
    is_sound, is_float = draw(st.booleans()), draw(st.booleans())
    count = draw(st.integers(0, 40))
    offset = draw(st.integers(0, 2_000))
    moved = [draw(good_steps if is_sound else steps) for _ in range(count)]
    times = START_NS + (offset + np.cumsum(moved, dtype=np.int64)) * MINUTE_NS
    values = (good_floats if is_sound else floats | good_floats) if is_float else integers
    bars = [sorted(draw(values) for _ in range(4)) for _ in range(count)]
    if not is_sound and count and draw(st.booleans()):
        bars[draw(st.integers(0, count - 1))].reverse()
    dtype = np.float64 if is_float else np.int64
    low, open_, close, high = (np.array([bar[place] for bar in bars], dtype) for place in range(4))
    volume = [draw(good_volumes if is_sound else volumes) for _ in range(count)]
    whole = [draw(st.integers(0, 5) if is_sound else whole_volumes) for _ in range(count)]
    return {
        "time": times,
        "open": open_,
        "high": high,
        "low": low,
        "close": close,
        "volume": np.array(volume, np.float64),
        "trade_count": np.array(whole, np.int64),
    }


def outcome(call: Any, *arguments: Any, **terms: Any) -> Any:
    """Columns as bytes, or what the error says."""
    try:
        made = call(*arguments, **terms)
    except BadBars as error:
        return error.rule, error.index, str(error)
    return {name: (values.dtype.str, values.tobytes()) for name, values in made.items()}


@given(
    tables(),
    st.sampled_from(["1m", "3m", "5m", "7m", "1h", "4h", "1d"]),
    sessions,
    st.sampled_from(["empty", "filled"]),
    st.booleans(),
    st.none() | st.integers(-100, 3_000),
    st.sampled_from(["open", "close"]),
    st.sampled_from([None, "1m", "30s"]),
)
@settings(max_examples=300, deadline=None)
def test_twins_agree(
    bars: dict[str, Any],
    timeframe: str,
    session: Session | None,
    gaps: str,
    partial: bool,
    ahead: int | None,
    stamp: str,
    interval: str | None,
) -> None:
    terms: dict[str, Any] = {"session": session, "gaps": gaps, "partial": partial, "stamp": stamp, "interval": interval}
    if ahead is not None and len(bars["time"]):
        terms["until"] = int(bars["time"][-1]) + ahead * MINUTE_NS
    results = [outcome(aggregate_bars, bars, timeframe, engine=engine, **terms) for engine in ("rust", "python")]
    assert results[0] == results[1]


@given(tables(), st.sampled_from(["1s", "1m", "7m", "1d"]), sessions, st.booleans())
@settings(max_examples=100, deadline=None)
def test_twins_agree_on_ticks(bars: dict[str, Any], timeframe: str, session: Session | None, partial: bool) -> None:
    terms: dict[str, Any] = {"price": "close", "sums": ["volume"], "session": session, "partial": partial}
    results = [outcome(aggregate_ticks, bars, timeframe, engine=engine, **terms) for engine in ("rust", "python")]
    assert results[0] == results[1]


@pytest.mark.parametrize("engine", ["rust", "python"])
def test_a_long_table(engine: Any) -> None:
    """Rows without a gap, a gap, rows again: what the Rust engine passes over at once, and what it does not."""
    minutes = np.r_[np.arange(1_440), np.arange(1_443, 4_000), np.arange(4_320, 5_000)]
    price = (minutes * 7_919 % 1_009).astype(float)
    bars = {"time": START_NS + minutes * MINUTE_NS, "open": price, "high": price + 1, "low": price - 1, "close": price}
    made = aggregate_bars({**bars, "volume": price}, "15m", engine=engine, partial=True)
    places = minutes // 15
    starts = np.flatnonzero(np.r_[True, np.diff(places) > 0])
    assert np.array_equal(made["time"], START_NS + places[starts] * 15 * MINUTE_NS)
    assert np.array_equal(made["high"], np.maximum.reduceat(price + 1, starts))
    assert np.array_equal(made["volume"], np.add.reduceat(price, starts))
