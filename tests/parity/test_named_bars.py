"""Ticks in columns make, field by field, the bars that stage bars makes of the same ticks, record by record."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.contracts.records import Bar, DeadLetter, Quote, Side, Trade
from flows.errors import BadBars
from flows.history import named_bars
from flows.history.timeframe import timeframe_ns
from tests.recordings import recording

from .recorded import EXPONENT, ticks
from .streams import INT64_MAX, START, mostly, prices, quantities, times_ns
from .twins import Twins, entry, records

Columns = dict[str, Any]
Engine = Literal["rust", "python"]
ENGINES: tuple[Engine, ...] = ("rust", "python")
RECORDING = "binance/spot/btcusdt_20240808.gz"
DAY = {"name": "day", "open": "23:55", "close": "23:00"}
MIXED = ["tick_imbalance", "volume_imbalance", "dollar_imbalance", "tick_run", "volume_run", "dollar_run"]
OF_TRADES = ["tick:40", "volume:0.5", "dollar:9000.5", "range:2", "renko:1.5", *(f"{kind}:60:5" for kind in MIXED)]
OF_TRADES += [
    "time:2s:filled",
    "time:3s:day",
    "time:3s:day:filled",
    "time:6s:of:time:2s:filled",
    "time:4s:filled:of:1s",
]
OF_QUOTES = [f"{kind}@{price}" for kind in ("tick:90", "range:2", "renko:1.5", "time:2s") for price in ("bid", "ask")]
OF_QUOTES += ["tick:90@mid", "renko:1.5@mid", "tick_imbalance:60:5@mid", "tick_run:60@bid", "time:3s:day:filled@mid"]
OF_QUOTES += ["time:6s:of:time:2s@ask"]
# In columns alone, or the same in every bar.
OTHER = {"venue", "instrument", "price_exponent", "quantity_exponent", "receive_ns", "origin", "gap_count"}
OTHER |= {"bid_depth_slope", "ask_depth_slope", "depth_levels"}


def in_columns(tape: list[Any]) -> Columns:
    """Trades alone, or quotes alone."""
    names = ["price", "quantity"] if isinstance(tape[0], Trade) else ["bid_price", "bid_quantity"]
    names += [] if isinstance(tape[0], Trade) else ["ask_price", "ask_quantity"]
    made: Columns = {name: np.array([getattr(one, name) for one in tape], np.int64) for name in names}
    made["open_ns"] = np.array([one.event_ns for one in tape], np.int64)
    if isinstance(tape[0], Trade):
        made["side"] = np.array([one.aggressor.value for one in tape])
    return made


def written(tape: list[Any], series: list[str], intervals: tuple[str, ...]) -> list[Bar | DeadLetter]:
    """What stage bars writes of them, in both engines."""
    config = {
        "intervals_ns": [timeframe_ns(length) for length in intervals],
        "series": [{"name": name} for name in series],
        "sessions": [DAY],
    }
    entries = [entry("market.ticks", offset, one) for offset, one in enumerate(tape)]
    return records(Twins("bars", config).feed(entries))


def same(made: Columns, bars: list[Any]) -> None:
    """Every column is a field, and every field that can tell them apart is a column."""
    for name, values in made.items():
        if name == "offset":
            expected = [bar.origin.offset for bar in bars]
        elif name == "series":
            expected = [bar.series for bar in bars]
        else:
            expected = [getattr(bar, name) for bar in bars]
        if values.dtype == np.float64:
            expected = [float("nan") if one is None else float(one) for one in expected]
            assert np.array_equal(values, np.array(expected), equal_nan=True), name
        else:
            assert values.tolist() == expected, name


@cache
def recorded(kind: type[Any]) -> list[Any]:
    """Trades, or quotes: those of Binance's spot bear no time, and get that of the trade before them."""
    made, now_ns = [], 0
    for one in ticks(recording(RECORDING)):
        now_ns = one.event_ns or now_ns
        if isinstance(one, kind) and now_ns:
            made.append(replace(one, event_ns=now_ns, receive_ns=now_ns))
    return made[:12_000]


@pytest.mark.parametrize(("kind", "series"), [(Trade, OF_TRADES), (Quote, OF_QUOTES)])
def test_each_kind_of_bar_of_a_recording(kind: type[Any], series: list[str]) -> None:
    tape = recorded(kind)
    bars = written(tape, series, ("1s",) if kind is Trade else ())
    assert {bar.series for bar in bars if isinstance(bar, Bar)} - {""} == set(series), "each has some"
    for engine in ENGINES:
        made = named_bars(
            in_columns(tape),
            series,
            price_exponent=EXPONENT,
            quantity_exponent=EXPONENT,
            intervals=("1s",) if kind is Trade else (),
            sessions=[DAY],
            engine=engine,
        )
        same(made, bars)
        told = set(made) | OTHER
        silent = set(Bar.__dataclass_fields__) - {"SUBJECT"} - told
        assert all(getattr(bar, name) in (0, None, bar.close) for bar in bars for name in silent), silent


trades = st.tuples(times_ns, prices, quantities, st.sampled_from(Side))
sizes = mostly(st.integers(0, 9), st.sampled_from([-1, 2**62, INT64_MAX]))
quotes = st.tuples(times_ns, *(mostly(st.integers(94, 106), st.sampled_from([0, -1, INT64_MAX])), sizes) * 2)
few_of_trades = ["tick:3", "volume:0.012", "dollar:0.02", "range:0.03", "renko:0.02", "time:1s:filled"]
few_of_trades += ["tick_imbalance:3:2", "volume_run:3", "renko:0.001"]
few_of_quotes = ["tick:3@bid", "range:0.03@ask", "renko:0.02@mid", "time:1s@mid", "tick_run:3@bid", "volume:1@mid"]


@given(st.one_of(st.lists(trades, min_size=1, max_size=40), st.lists(quotes, min_size=1, max_size=40)), st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_ticks_make_what_the_flow_makes_or_are_refused_where_it_refuses(
    drawn: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    is_of_trades = len(drawn[0]) == 4
    of = few_of_trades if is_of_trades else few_of_quotes[:-1]
    series = data.draw(st.lists(st.sampled_from(of), min_size=1, unique=True))
    head = ("binance", "BTC-USDT", -2, -3)
    tape: list[Any] = []
    for row, (at_ns, *rest) in enumerate(drawn):
        times = (at_ns, at_ns, at_ns, row)
        tape.append(Trade(*head, *times, *rest, "", 0) if is_of_trades else Quote(*head, *times, *rest, 0))
    bars = written(tape, series, ("1s",))
    letters = [one for one in bars if isinstance(one, DeadLetter)]
    columns = in_columns(tape)
    # A last time that means 1970 is refused as a unit that was forgotten.
    if 0 < columns["open_ns"][-1] < START // 2:
        return
    for engine in ENGINES:
        terms: Any = {"price_exponent": -2, "quantity_exponent": -3, "intervals": ("1s",), "engine": engine}
        if not letters:
            same(named_bars(columns, series, **terms), bars)
            continue
        with pytest.raises(BadBars) as raised:
            named_bars(columns, series, **terms)
        first = letters[0]
        assert (raised.value.index, raised.value.rule) == (first.origin.offset, first.reason)
        assert str(raised.value).endswith(first.detail.replace("binance BTC-USDT", "these ticks"))
