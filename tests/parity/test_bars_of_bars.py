"""Live bars that are made of smaller ones: both twins make what `aggregate_bars` makes of the smaller ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import Record
from flows.contracts.records import Bar, Side
from flows.engine.partial_bars import partial_bars
from flows.errors import StageConfigError
from flows.history import Session, aggregate_bars
from flows.kernels.stage import Stage
from tests.history.recorded_bars import EUR_USD, columns, minutes, rows
from tests.recordings import recording

from .live_bars import FX, GLOBEX, HOUR, WEEK_NIGHTS, as_columns, live, same
from .plain_ticks import heartbeat, quote, trade
from .streams import INT64_MAX, SECOND, tapes, ticks
from .twins import IDS, Twins, entry, records

MINUTE = 60 * SECOND
START_NS = 1_709_856_000 * SECOND
"""Friday, 8 March 2024, 00:00 UTC."""
SUMS = ("volume", "trade_count", "buy_volume", "sell_volume", "quote_count")
ALL_SUMS = (
    *SUMS,
    *("notional", "order_flow_imbalance", "gap_count"),
    *("buy_after_buy", "sell_after_buy", "buy_after_sell", "sell_after_sell"),
)
DRAWN: dict[str, Any] = {
    "intervals_ns": [SECOND, 3 * SECOND],
    "lateness_ns": SECOND // 2,
    "sessions": [{"name": "evening", "timezone": "ODD-0:00:35", "open": "22:14", "close": "22:13"}],
    "series": [
        {"name": "time:3s:of:1s"},
        {"name": "time:6s:filled:of:3s"},
        {"name": "time:2s@mid"},
        {"name": "time:4s:of:time:2s@mid"},
        {"name": "time:1s:filled"},
        {"name": "time:5s:of:time:1s:filled"},
        {"name": "time:2s:evening", "venue": "binance"},
        {"name": "time:6s:of:time:2s:evening", "venue": "binance"},
    ],
}
SMALLER = [(one["name"], one["name"].partition(":of:")[2]) for one in DRAWN["series"] if ":of:" in one["name"]]


@given(tapes(ticks))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_each_smaller_bar_counts_once(drawn: tuple[list[Any], set[int]]) -> None:
    tape, swaps = drawn
    entries = [entry("market.ticks", 10 + 3 * number, record) for number, record in enumerate(tape)]
    made = [one for one in records(Twins("bars", DRAWN).feed_swapping(entries, swaps)) if isinstance(one, Bar)]
    for larger, smaller in SMALLER:
        for place in {(bar.venue, bar.instrument) for bar in made}:
            one_place = [bar for bar in made if (bar.venue, bar.instrument) == place]
            waiting: list[Bar] = []
            for bar in one_place:
                if name_of(bar) == smaller:
                    waiting.append(bar)
                elif name_of(bar) == larger:
                    inside = [one for one in waiting if one.open_ns < bar.close_ns]
                    del waiting[: len(inside)]
                    assert is_made_of(bar, inside), (bar, inside)


def name_of(bar: Bar) -> str:
    return bar.series or f"{bar.interval_ns // SECOND}s"


def is_made_of(bar: Bar, inside: Sequence[Bar]) -> bool:
    if not inside:
        flat = {bar.open, bar.high, bar.low, bar.close}
        return "filled" in bar.series and len(flat) == 1 and not any(getattr(bar, name) for name in ALL_SUMS)
    first, last = inside[0], inside[-1]
    prices = (first.open, max(one.high for one in inside), min(one.low for one in inside), last.close)
    late = sum(one.late_count + (one.open_ns < bar.open_ns) for one in inside)
    return (
        (bar.open, bar.high, bar.low, bar.close) == prices
        and all(getattr(bar, name) == sum(getattr(one, name) for one in inside) for name in ALL_SUMS)
        and (bar.late_count, bar.first_offset, bar.last_offset) == (late, first.first_offset, last.last_offset)
    )


def test_they_are_what_history_makes_of_recorded_trades() -> None:
    bars = minutes(recording("bars/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"))
    time, price, volume = (
        np.rint(bars[name][:4_200].astype(np.int64 if scale is None else float) * (scale or 1)).astype(np.int64)
        for name, scale in (("time", None), ("close", 100_000), ("volume", 1))
    )
    sides = (Side.BUY, Side.SELL)
    told = enumerate(zip(time.tolist(), price.tolist(), volume.tolist(), strict=True))
    tape: list[Record] = [trade(*one, sides[number % 3 == 0]) for number, one in told]
    end_ns = int(time[-1]) // (24 * HOUR) * 24 * HOUR + 48 * HOUR
    wanted = {
        "time:5m:of:1m": ("1m", "5m", "empty", False),
        "time:1h:filled:of:1m": ("1m", "1h", "filled", False),
        "time:30m:of:time:5m:globex": ("time:5m:globex", "30m", "empty", True),
        "time:1d:of:time:5m:globex": ("time:5m:globex", "1d", "empty", True),
        "time:4h:filled:of:time:5m:globex": ("time:5m:globex", "4h", "filled", True),
    }
    series = [{"name": name} for name in ("time:5m:globex", *wanted)]
    sessions = [{**GLOBEX, "days": WEEK_NIGHTS}]
    config = {"intervals_ns": [MINUTE, 5 * MINUTE], "sessions": sessions, "series": series}
    made = by_name(live(config, [*tape, heartbeat(end_ns + SECOND)]))
    session = Session("17:00", "America/Chicago", end="16:00", days=WEEK_NIGHTS)
    for name, (smaller, timeframe, gaps, in_session) in wanted.items():
        rows = as_columns(made[smaller], *SUMS)
        where = session if in_session else None
        expected = aggregate_bars(rows, timeframe, session=where, gaps=gaps, until=end_ns)
        assert len(made[name]) >= 3
        assert same(made[name], expected, *SUMS), name


def by_name(made: dict[str, list[Bar]]) -> dict[str, list[Bar]]:
    """Those of `intervals_ns` by their length too."""
    minutes = [bar for bar in made[""] if bar.interval_ns == MINUTE]
    return {**made, "1m": minutes}


def test_they_are_what_history_makes_of_recorded_quotes() -> None:
    # Friday until New York's close, and Sunday from there on.
    days = [("20140502", slice(-1_500, None)), ("20140504", slice(None))]
    tables = [(day, rows("fx/oanda/tick/eurusd", day, "quote")[cut]) for day, cut in days]
    told = [columns(table, day, ["bid", "ask"], [1, 2], EUR_USD) for day, table in tables]
    tape: list[Record] = [
        quote(*one)
        for day in told
        for one in zip(*(day[name].tolist() for name in ("time", "bid", "ask")), strict=True)
    ]
    end_ns = int(told[-1]["time"][-1]) + HOUR
    wanted = {"time:5m:of:time:1m:fx@mid": ("5m", "empty"), "time:15m:filled:of:time:1m:fx@mid": ("15m", "filled")}
    series = [{"name": name} for name in ("time:1m:fx@mid", *wanted)]
    made = live(
        {"sessions": [{**FX, "days": WEEK_NIGHTS}], "series": series, "lateness_ns": 0}, [*tape, heartbeat(end_ns)]
    )
    session = Session("17:00", "America/New_York", days=WEEK_NIGHTS)
    for name, (timeframe, gaps) in wanted.items():
        smaller = as_columns(made["time:1m:fx@mid"], *SUMS)
        expected = aggregate_bars(smaller, timeframe, session=session, gaps=gaps, until=end_ns)
        assert len(made[name]) > 5
        assert same(made[name], expected, *SUMS), name


FIVE = {"intervals_ns": [MINUTE], "lateness_ns": 0, "series": [{"name": "time:5m:of:1m"}]}


def test_it_ends_with_its_last_smaller_bar_or_when_time_says_so() -> None:
    minute = [trade(START_NS + number * MINUTE, 100 + number, 1) for number in range(5)]
    one, two = (
        live(FIVE, [*minute[:count], heartbeat(START_NS + 5 * MINUTE), trade(START_NS + 9 * MINUTE, 90, 1)], pieces=1)
        for count in (5, 3)
    )
    for made, close, offset in ((one, 104, 5), (two, 102, 3)):
        (bar,) = made["time:5m:of:1m"]
        assert (bar.open_ns, bar.close_ns, bar.close) == (START_NS, START_NS + 5 * MINUTE, close)
        assert bar.origin.offset == offset, "the heartbeat's, whether the last minute had a trade or not"
        assert bar.trade_count == close - 99


def test_a_smaller_bar_that_comes_too_late_counts_into_the_next() -> None:
    # A heartbeat closes both; then a trade of minute 4 opens a bar of a minute that is not closed yet.
    tape = [
        *(trade(START_NS + number * MINUTE, 100, 1) for number in range(3)),
        heartbeat(START_NS + 5 * MINUTE),
        trade(START_NS + 4 * MINUTE, 70, 2),
        trade(START_NS + 6 * MINUTE, 101, 1),
        heartbeat(START_NS + 10 * MINUTE),
    ]
    made = by_name(live(FIVE, tape, pieces=7))
    assert [((bar.open_ns - START_NS) // MINUTE, bar.late_count) for bar in made["1m"]] == [
        *((0, 0), (1, 0), (2, 0), (4, 0), (6, 0))
    ]
    first, second = made["time:5m:of:1m"]
    assert (first.volume, first.late_count) == (3, 0)
    assert (second.open_ns, second.volume, second.low, second.late_count) == (START_NS + 5 * MINUTE, 3, 70, 1)


def test_a_trade_that_would_overflow_the_larger_bar_is_refused() -> None:
    most = INT64_MAX - 10
    tape = [trade(START_NS, 1, most), trade(START_NS + MINUTE, 1, 8), trade(START_NS + 2 * MINUTE, 1, 3)]
    outputs = Twins("bars", FIVE).feed([entry("market.ticks", offset, one) for offset, one in enumerate(tape)])
    bar, letter = records(outputs)
    assert (bar.volume, letter.reason, letter.detail) == (
        most,
        "overflow",
        "volume of binance BTC-USDT does not fit its type",
    )
    # Behind its end there is room again.
    later = trade(START_NS + 5 * MINUTE, 1, most)
    made = live(FIVE, [tape[0], tape[1], later, heartbeat(START_NS + 10 * MINUTE)])["time:5m:of:1m"]
    assert [one.volume for one in made] == [most + 8, most]


def test_the_open_one_has_the_open_smaller_one_in_it() -> None:
    tape: list[Record] = [
        quote(START_NS, 98, 102),
        trade(START_NS, 100, 3),
        trade(START_NS + MINUTE, 90, 5, Side.SELL),
        quote(START_NS + MINUTE, 97, 102),
    ]
    entries = [entry("market.ticks", offset, one) for offset, one in enumerate(tape)]
    stage = Stage("bars", FIVE, IDS, {})
    stage.process(entries)
    *_, partial = partial_bars(json.dumps(FIVE), IDS, stage.snapshot())
    (ended,) = live(FIVE, [*tape, heartbeat(START_NS + 5 * MINUTE)])["time:5m:of:1m"]
    assert replace(partial, origin=ended.origin, receive_ns=ended.receive_ns) == ended
    assert (ended.volume, ended.low, ended.quote_count, ended.sell_after_buy) == (8, 90, 2, 1)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("time:5m:of:2m", "there are no bars 2m of all its instruments"),
        ("time:5m:of:tick:50", "there are no bars tick:50 of all"),
        ("time:5m:of:time:2m@bid", "there are no bars time:2m@bid of all"),
        ("time:1h:of:time:5m:of:1m", "there are no bars time:5m:of:1m of all"),
        ("time:5m:of:time:1m@ask", "there are no bars time:1m@ask of all"),
        ("time:90s:of:1m", "is no multiple of its smaller bars"),
        ("time:1m:of:1m", "is no multiple of its smaller bars"),
        ("time:2d:of:time:1h:fx", "bars by sessions are no longer than a day"),
        ("time:5m:fx:of:1m", "before :of: stands time:5m or time:5m:filled"),
        ("time:5m@mid:of:1m", "before :of: stands time:5m or time:5m:filled"),
        ("volume:5:of:1m", "before :of: stands time:5m or time:5m:filled"),
    ],
)
def test_a_wrong_name_is_refused_by_both(name: str, problem: str) -> None:
    others = [
        {"name": "tick:50"},
        {"name": "time:1h:fx"},
        {"name": "time:5m:of:1m"},
        {"name": "time:1m@ask", "instrument": "ETH-USDT"},
    ]
    config = {"intervals_ns": [MINUTE], "sessions": [FX], "series": [*others, {"name": name}]}
    with pytest.raises(StageConfigError, match=problem):
        Stage("bars", config, IDS, {})
    with pytest.raises(StageConfigError, match=problem):
        RustStage("bars", json.dumps(config), RustIds.embedded(), {})
