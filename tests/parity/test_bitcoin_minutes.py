"""Recorded seconds of bitcoin, as trades through the trading engine, make every minute that was recorded with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from flows.config import Config
from flows.contracts.codec import Record
from flows.contracts.records import Bar
from flows.engine import TradingEngine, batch_of
from tests.history.recorded_bars import BTC_USD, Columns, columns, each_row, rows

from .live_bars import PRICES, same
from .plain_ticks import heartbeat, trade
from .streams import SECOND

DAYS = ("20161007", "20161008", "20161009")
CONFIG = Config(
    {
        "bars": {"intervals_ns": [SECOND, 60 * SECOND], "series": [{"name": "time:1m:of:1s"}]},
        "features": {},
        "signals": {"strategies": []},
        "risk": {},
    }
)
MADE = {(SECOND, ""): "second", (60 * SECOND, ""): "minute", (0, "time:1m:of:1s"): "minute"}


def recorded(length: str, seconds: int) -> Columns:
    """The first `seconds` of each day, in whole units of 1e-8."""
    parts = []
    for day in DAYS:
        table = rows(f"coinbase_bars/{length}/btcusd", day, "trade")
        parts.append(columns(table[table[:, 0] < seconds * 1_000], day, (*PRICES, "volume"), range(1, 6), BTC_USD))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def trades(seconds: Columns) -> Iterator[Record]:
    """Four in each second, at its open, high, low and close, which together trade its volume."""
    for row in each_row({name: values.tolist() for name, values in seconds.items()}):
        quantities = (1, 1, 1, row["volume"] - 3)
        for price, quantity in zip(PRICES, quantities, strict=True):
            one = trade(row["time"], row[price], quantity)
            yield replace(one, price_exponent=-8, quantity_exponent=-8)
    yield heartbeat(row["time"] + 3_600 * SECOND)


# The plain engine is some hundred times slower, and bound to the other tick for tick (test_bars.py).
@pytest.mark.parametrize(("engine", "seconds", "minutes"), [("rust", 86_400, 4_216), ("python", 1_800, 80)])
def test_every_minute_is_the_recorded_one(engine: str, seconds: int, minutes: int) -> None:
    told = recorded("second", seconds)
    assert len(recorded("minute", seconds)["time"]) >= minutes
    bars = TradingEngine(CONFIG, engine=engine).execute_ticks(batch_of(list(trades(told)))).records(Bar)
    by_kind: dict[tuple[int, str], list[Bar]] = {}
    for bar in bars:
        by_kind.setdefault((bar.interval_ns, bar.series), []).append(bar)
    assert by_kind.keys() == MADE.keys()
    for kind, length in MADE.items():
        assert same(by_kind[kind], recorded(length, seconds), "volume"), kind
