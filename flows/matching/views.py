"""What is read from an engine."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from flows.kernels.matching import Kind, SelfTrade, Side, TimeInForce


class BookLevel(NamedTuple):
    """One price of the book."""

    price: int
    quantity: int
    """sum of what its orders display"""
    orders: int
    """how many orders rest there"""


class BookDepth(NamedTuple):
    """The book by price (L2), best prices first."""

    symbol: str
    time_ns: int
    """highest time of a command so far"""
    sequence: int
    """sequence number of the last event that it holds"""
    bids: list[BookLevel]
    asks: list[BookLevel]


class QueuePosition(NamedTuple):
    """What stands before an order at its price."""

    orders: int
    """how many orders are before it; 0: it is next"""
    quantity: int
    """sum of what they display"""


class LiveOrder(NamedTuple):
    """An order that rests or waits (L3)."""

    order_id: int
    entry: int
    """running number of its acceptance, from 1"""
    owner: int
    side: Side
    kind: Kind
    """a triggered stop_limit is a limit order"""
    time_in_force: TimeInForce
    self_trade: SelfTrade
    post_only: bool
    price: int
    """limit price, 0 without one"""
    stop_price: int
    """stop price while it waits, else 0"""
    quantity: int
    """total, with what was executed and reduced"""
    open_quantity: int
    """what can still trade"""
    displayed: int
    """what of it the book shows; 0 while a stop waits"""
    display_quantity: int
    """what an iceberg shows at most, 0 for other orders"""
    expires_ns: int
    """end of a gtd order, else 0"""


class Batch(NamedTuple):
    """What many commands came to."""

    events: NDArray[Any]
    """of dtype EVENT, of all commands in their order"""
    reasons: NDArray[np.uint8]
    """one for each command: 0, or the Reason of its rejection"""
