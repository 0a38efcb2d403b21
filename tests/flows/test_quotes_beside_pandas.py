"""Minute bars of recorded FX quotes are those that pandas makes of the same file, in both engines."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from flows.contracts.records import Bar, Heartbeat, Quote
from tests.parity.twins import Twins, entry, records
from tests.recordings import recording

EXPONENT = -7
"""A half of the finest step of either file is whole."""
SIDES = ("bid", "ask", "mid")
DAY_NS = 86_400 * 10**9


def usd_jpy() -> pd.DataFrame:
    quotes = pd.read_csv(recording("bars/usdjpy-ticks.csv"))
    quotes.index = pd.to_datetime(quotes["timestamp"], format="ISO8601", utc=True)
    return quotes[["bid", "ask"]]


def eur_usd() -> pd.DataFrame:
    names = ["timestamp", "bid", "ask", "volume"]
    quotes = pd.read_csv(recording("bars/quote_tick_data.csv.gz"), names=names)
    quotes.index = pd.to_datetime(quotes["timestamp"], format="%Y%m%d %H%M%S%f", utc=True)
    return quotes[["bid", "ask"]]


@pytest.mark.parametrize("read", [usd_jpy, eur_usd])
def test_minute_bars_of_bid_ask_and_mid(read: Callable[[], pd.DataFrame]) -> None:
    quotes = read()
    units = (quotes * 10**-EXPONENT).round().astype("int64")
    units["mid"] = (units["bid"] + units["ask"]) // 2
    units.index = units.index.as_unit("ns")
    series = [{"name": f"time:60s@{side}"} for side in SIDES]
    tape: list[Quote | Heartbeat] = [
        Quote(
            venue="truefx",
            instrument="X",
            price_exponent=EXPONENT,
            quantity_exponent=EXPONENT,
            event_ns=time.value,
            publish_ns=None,
            receive_ns=time.value,
            update_id=number,
            bid_price=int(bid),
            bid_quantity=0,
            ask_price=int(ask),
            ask_quantity=0,
            flags=0,
        )
        for number, (time, bid, ask) in enumerate(zip(units.index, units["bid"], units["ask"], strict=True))
    ]
    # Long after the last quote: ends what is open.
    tape.append(Heartbeat("truefx", "X", units.index[-1].value + DAY_NS, 0))
    entries = [entry("market.ticks", offset, record) for offset, record in enumerate(tape)]
    bars = records(Twins("bars", {"series": series}).feed(entries))
    for side in SIDES:
        made = [
            (bar.open_ns, bar.open, bar.high, bar.low, bar.close)
            for bar in bars
            if isinstance(bar, Bar) and bar.series == f"time:60s@{side}"
        ]
        wanted = units[side].resample("1min").ohlc().dropna().astype("int64")
        assert made == [(time.value, *row) for time, row in zip(wanted.index, wanted.to_numpy().tolist(), strict=True)]
        assert len(made) > 30
