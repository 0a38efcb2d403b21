"""The live orders of one symbol, and the terms on which it trades."""

from __future__ import annotations

from typing import NamedTuple

from flows.kernels.matching.codes import Phase, Side, TimeInForce
from flows.kernels.matching.expiries import Expiries
from flows.kernels.matching.order import Order
from flows.kernels.matching.price_queues import PriceQueues


class Terms(NamedTuple):
    """What is fixed for the life of an engine."""

    symbol: str
    tick_size: int = 1
    """prices are multiples of it"""
    lot_size: int = 1
    """quantities are multiples of it"""


class Book:
    """Where every live order is, once. Knows where orders are, not what happens to them."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.phase: int = Phase.OPEN
        self.lowest_price = 0
        self.highest_price = 0
        self.last_price = 0
        self.time_ns = 0
        self.entry = 0
        self.orders: dict[int, Order] = {}
        self.bids = PriceQueues(highest_first=True)
        self.asks = PriceQueues(highest_first=False)
        self.buy_stops = PriceQueues(highest_first=False)
        self.sell_stops = PriceQueues(highest_first=True)
        self.expiries = Expiries()
        self._open_quantity = {int(Side.BUY): 0, int(Side.SELL): 0}

    def side(self, side: int) -> PriceQueues:
        return self.bids if side == Side.BUY else self.asks

    def opposite(self, side: int) -> PriceQueues:
        return self.asks if side == Side.BUY else self.bids

    def stops(self, side: int) -> PriceQueues:
        return self.buy_stops if side == Side.BUY else self.sell_stops

    def band_edge(self, side: int) -> int:
        """The price at which a market order of this side ends; 0 without one."""
        return self.highest_price if side == Side.BUY else self.lowest_price

    def open_quantity(self, side: int) -> int:
        """The sum over the live orders of a side, stops too."""
        return self._open_quantity[side]

    def crossed(self) -> bool:
        bid, ask = self.bids.first_price(), self.asks.first_price()
        return bid is not None and ask is not None and bid >= ask

    def join(self, order: Order) -> None:
        """Puts an order at the end of its queue: of its price, or of its stop price while it waits."""
        self.orders[order.order_id] = order
        self._open_quantity[order.side] += order.open_quantity
        if order.waits:
            self.stops(order.side).append(order.stop_price, order)
        else:
            self.side(order.side).append(order.price, order)
        if order.time_in_force == TimeInForce.GTD:
            self.expiries.add(order)

    def leave(self, order: Order) -> None:
        """Takes a live order out."""
        del self.orders[order.order_id]
        self._open_quantity[order.side] -= order.open_quantity
        if order.waits:
            self.stops(order.side).remove(order.stop_price, order)
        else:
            self.side(order.side).remove(order.price, order)
        if order.time_in_force == TimeInForce.GTD:
            self.expiries.remove(order)

    def execute(self, order: Order, quantity: int) -> None:
        """Takes from what a resting order has open by a trade. With nothing open it leaves."""
        if quantity == order.open_quantity:
            self.leave(order)
        else:
            self._open_quantity[order.side] -= quantity
        order.open_quantity -= quantity

    def shrink(self, order: Order, quantity: int) -> None:
        """Takes a part from what a live order has open; it keeps its place."""
        self._open_quantity[order.side] -= quantity
        order.shrink(quantity)
