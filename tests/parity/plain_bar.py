"""A bar of one trade, for tests that care about a few of its fields."""

from __future__ import annotations

from typing import Any

from flows.contracts.records import Bar, Origin

from .streams import SECOND, START
from .twins import PARTITION


def plain_bar(offset: int, close: int, index: int = 0, **changes: Any) -> Bar:
    """The one-second bar number `offset`, at one price; `changes` are fields that are otherwise."""
    open_ns = START + SECOND * offset
    fields: dict[str, Any] = {
        "origin": Origin(PARTITION, offset, index),
        "venue": "binance",
        "instrument": "BTC-USDT",
        "price_exponent": -2,
        "quantity_exponent": -3,
        "interval_ns": SECOND,
        "open_ns": open_ns,
        "close_ns": open_ns + SECOND,
        "receive_ns": open_ns + SECOND,
        **dict.fromkeys(("open", "high", "low", "close", "vwap"), close),
        "volume": 2,
        "notional": 2 * close,
        "trade_count": 1,
        "buy_volume": 1,
        "sell_volume": 1,
        "quote_count": 1,
        "order_flow_imbalance": -1,
        "bid_price": close,
        "bid_quantity": 1,
        "ask_price": close + 1,
        "ask_quantity": 1,
        "gap_count": 0,
        "late_count": 0,
        "first_offset": offset,
        "last_offset": offset,
        "series": "",
        **dict.fromkeys(("buy_after_buy", "sell_after_buy", "buy_after_sell", "sell_after_sell"), 0),
        "bid_depth_slope": 2.5,
        "ask_depth_slope": 0.1,
        "depth_levels": 5,
    }
    return Bar(**fields | changes)
