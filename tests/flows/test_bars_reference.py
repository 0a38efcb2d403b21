"""Bars equal bars that are worked out another way: grouped by time from the recording's own JSON, in decimals."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from flows._native import SchemaIds as RustIds
from flows._native import Stage as RustStage
from flows.contracts.codec import decode
from flows.contracts.records import Bar, Heartbeat
from tests.parity.recorded import EXPONENT, MILLISECOND, ticks
from tests.parity.twins import IDS, batch, entry
from tests.recordings import candles, recording

SECOND = 1_000_000_000
INTERVALS_NS = [SECOND, 5 * SECOND, 60 * SECOND]
RECORDINGS = [
    "binance/spot/btcusdt_20240808.gz",
    "binance/spot/btcusdt_20240809.gz",
    "binance/usdm/btcusdt_20240808.gz",
]


@pytest.mark.parametrize("name", RECORDINGS)
def test_bars_are_those_of_the_recording(name: str) -> None:
    path = recording(name)
    tape = ticks(path)
    newest_ns = max(tick.event_ns or 0 for tick in tape)
    # Long after the last trade: closes what is open.
    end = Heartbeat("binance", "BTC-USDT", newest_ns + 200 * SECOND, 0)
    entries = [entry("market.ticks", offset, tick) for offset, tick in enumerate([*tape, end])]
    stage = RustStage("bars", json.dumps({"intervals_ns": INTERVALS_NS}), RustIds.embedded(), {})
    bars = [decode(made[4], IDS) for made in stage.process(batch(entries)).entries()]
    assert all(isinstance(bar, Bar) for bar in bars)

    quotes = sum(tick.event_ns is None for tick in tape)
    for interval_ns in INTERVALS_NS:
        own = [bar for bar in bars if bar.interval_ns == interval_ns]
        assert [_figures(bar) for bar in own] == [
            (
                candle.open_ms * MILLISECOND,
                candle.open,
                candle.high,
                candle.low,
                candle.close,
                candle.volume,
                candle.notional,
                candle.buy_volume,
                candle.trade_count,
            )
            for candle in candles(path, interval_ns // MILLISECOND)
        ]
        assert sum(bar.quote_count for bar in own) == quotes, "every quote counts in one bar of each interval"
        assert sum(bar.late_count for bar in own) == 0
        for bar in own:
            assert bar.vwap == bar.notional // bar.volume
            assert bar.close_ns == bar.open_ns + interval_ns


def _figures(bar: Bar) -> tuple[int | Decimal, ...]:
    prices = [Decimal(price).scaleb(EXPONENT) for price in (bar.open, bar.high, bar.low, bar.close)]
    volume, bought = (Decimal(quantity).scaleb(EXPONENT) for quantity in (bar.volume, bar.buy_volume))
    notional = Decimal(bar.notional).scaleb(2 * EXPONENT)
    return bar.open_ns, *prices, volume, notional, bought, bar.trade_count
