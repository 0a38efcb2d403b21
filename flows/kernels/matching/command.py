"""What is asked of the engine."""

from __future__ import annotations

from typing import NamedTuple

INT64_MAX = 2**63 - 1


class Command(NamedTuple):
    """One command; which fields count depends on its action (`docs/matching.md`), the others are 0.

    Prices and quantities count the instrument's units, times are nanoseconds.
    """

    time_ns: int = 0
    order_id: int = 0
    price: int = 0
    """limit price; the lowest of bands"""
    quantity: int = 0
    stop_price: int = 0
    """stop price; the highest of bands"""
    display_quantity: int = 0
    expires_ns: int = 0
    owner: int = 0
    action: int = 0
    side: int = 0
    kind: int = 0
    time_in_force: int = 0
    self_trade: int = 0
    post_only: int = 0
    phase: int = 0
