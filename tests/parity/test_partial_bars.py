"""The bars that are open in a trading engine are those that end next, if nothing more comes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.config import Config
from flows.contracts.records import Bar
from flows.engine import TradingEngine

from .plain_ticks import heartbeat, quote, trade
from .streams import SECOND

SESSIONS = [{"name": "fx", "timezone": "EST5EDT,M3.2.0,M11.1.0", "open": "17:00", "close": "17:00"}]
SERIES = ["time:1h:fx", "time:2s:filled", "time:1m@mid", "tick:50", "volume:1000"]
CONFIG = Config(
    {
        "bars": {
            "intervals_ns": [SECOND, 60 * SECOND],
            "sessions": SESSIONS,
            "series": [{"name": name} for name in SERIES],
        },
        "features": {},
        "signals": {"strategies": []},
        "risk": {},
    }
)
START_NS = 1_709_899_200 * SECOND
"""A whole hour, and in no second's midst."""


@pytest.fixture(params=["rust", "python"])
def engine(request: pytest.FixtureRequest) -> TradingEngine:
    made = TradingEngine(CONFIG, engine=request.param)
    assert made.partial_bars() == []
    made.execute_tick(quote(START_NS, 98, 102))
    made.execute_tick(trade(START_NS + SECOND // 10, 100, 3))
    made.execute_tick(trade(START_NS + 7 * SECOND // 10, 90, 5))
    return made


def by_kind(bars: list[Bar]) -> dict[tuple[int, str], Bar]:
    return {(bar.interval_ns, bar.series): bar for bar in bars}


def test_they_are_the_bars_that_end_next(engine: TradingEngine) -> None:
    before = engine.snapshot()
    partial = by_kind(engine.partial_bars())
    assert engine.snapshot() == before, "asking changes nothing"
    assert set(partial) == {(SECOND, ""), (60 * SECOND, ""), *((0, name) for name in SERIES)}
    beat = heartbeat(START_NS + 3_600 * SECOND + SECOND)
    ended = by_kind([bar for bar in engine.execute_tick(beat).records(Bar) if bar.trade_count or "@" in bar.series])
    for kind, bar in ended.items():
        known: dict[str, Any] = {"origin": bar.origin, "receive_ns": bar.receive_ns}
        assert replace(partial[kind], **known) == bar
    assert len(ended) == 5, "all that time ends"


def test_what_ticks_end_stands_where_it_is(engine: TradingEngine) -> None:
    ticks = by_kind(engine.partial_bars())[0, "tick:50"]
    assert (ticks.open, ticks.high, ticks.low, ticks.close) == (100, 100, 90, 90)
    assert (ticks.volume, ticks.trade_count, ticks.quote_count) == (8, 2, 1)
    assert (ticks.open_ns - START_NS, ticks.close_ns - START_NS) == (SECOND // 10, 7 * SECOND // 10)
    assert (ticks.origin.offset, ticks.origin.index) == (2, -1)


def test_they_are_the_same_after_a_restore(engine: TradingEngine) -> None:
    for name in ("rust", "python"):
        other = TradingEngine(CONFIG, engine=name)
        other.restore(engine.snapshot())
        assert other.partial_bars() == engine.partial_bars()
