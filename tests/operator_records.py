"""What an operator says, as records with times of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flows.contracts.records import Command, Control
from tests.synthetic_ticks import START_NS

_LIMITS = ("max_order_quantity", "max_position", "max_order_notional", "max_gross_notional", "max_price_age_ns")


def wide_open(instruments: Iterable[str]) -> Iterator[Control]:
    """An account with limits that let every signal pass."""
    terms: dict[str, Any] = {
        "account": "main",
        "operator": "test",
        "reason": "test",
        "event_ns": START_NS,
        "client_order_id": "",
    }
    none = {"venue": "", "instrument": "", "price_exponent": 0, "quantity_exponent": 0, **dict.fromkeys(_LIMITS)}
    yield Control(**terms, **none, command=Command.OPEN, log_id="0badcafe")
    wide = dict(zip(_LIMITS, (10**15, 10**16, 10**27, 10**28, 10**18), strict=True))
    for instrument in instruments:
        place = {"venue": "binance", "instrument": instrument, "price_exponent": -9, "quantity_exponent": -9}
        yield Control(**terms, **place, **wide, command=Command.LIMITS, log_id=None)
