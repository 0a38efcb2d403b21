"""Ticks of one instrument, for tests that care about times and prices alone."""

from __future__ import annotations

from typing import Any

from flows.contracts.records import Heartbeat, Quote, Side, Trade

_PLACE: dict[str, Any] = {"venue": "binance", "instrument": "BTC-USDT"}
_SCALE: dict[str, Any] = {"price_exponent": -5, "quantity_exponent": 0}


def trade(event_ns: int, price: int, quantity: int, aggressor: Side = Side.BUY) -> Trade:
    return Trade(
        **_PLACE,
        **_SCALE,
        event_ns=event_ns,
        publish_ns=event_ns,
        receive_ns=event_ns,
        trade_id=1,
        price=price,
        quantity=quantity,
        aggressor=aggressor,
        trade_type="",
        flags=0,
    )


def quote(event_ns: int, bid_price: int, ask_price: int) -> Quote:
    return Quote(
        **_PLACE,
        **_SCALE,
        event_ns=event_ns,
        publish_ns=event_ns,
        receive_ns=event_ns,
        update_id=1,
        bid_price=bid_price,
        bid_quantity=1,
        ask_price=ask_price,
        ask_quantity=1,
        flags=0,
    )


def heartbeat(event_ns: int) -> Heartbeat:
    return Heartbeat(**_PLACE, event_ns=event_ns, receive_ns=event_ns)
