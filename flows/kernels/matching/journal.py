"""Writes down what happens, numbered."""

from __future__ import annotations

from flows.kernels.matching.codes import EventKind, Flag, Side, Why
from flows.kernels.matching.event import Event
from flows.kernels.matching.order import Order


class Journal:
    """The events of the commands since `events` was last taken."""

    def __init__(self) -> None:
        self.sequence = 0
        self.time_ns = 0
        self.events: list[Event] = []

    def _write(
        self,
        kind: EventKind,
        order: Order | None = None,
        *,
        other: int = 0,
        price: int = 0,
        quantity: int = 0,
        left: int = 0,
        reason: int = 0,
        flags: int = 0,
    ) -> None:
        self.sequence += 1
        order_id, owner, side = (order.order_id, order.owner, order.side) if order else (0, 0, 0)
        numbers = (order_id, other, price, quantity, left, 0, owner, 0, kind, reason, side, flags)
        self.events.append(Event(self.sequence, self.time_ns, *numbers))

    def accepted(self, order: Order) -> None:
        quantity = order.quantity
        self._write(
            EventKind.ACCEPTED, order, price=order.price, quantity=quantity, left=quantity, other=order.stop_price
        )

    def traded(self, taker: Order, maker: Order, price: int, quantity: int) -> None:
        """After both have lost the quantity."""
        self._trade(taker, maker, price, quantity, taker.side, 0)

    def auctioned(self, buy: Order, sell: Order, price: int, quantity: int) -> None:
        """After both have lost the quantity."""
        self._trade(buy, sell, price, quantity, Side.BUY, Flag.AUCTION)

    def _trade(self, order: Order, other: Order, price: int, quantity: int, side: int, flags: int) -> None:
        self.sequence += 1
        ids = (order.order_id, other.order_id)
        numbers = (price, quantity, order.open_quantity, other.open_quantity, order.owner, other.owner)
        self.events.append(Event(self.sequence, self.time_ns, *ids, *numbers, EventKind.TRADED, 0, side, flags))

    def rested(self, order: Order) -> None:
        price, flags = (order.stop_price, Flag.STOP) if order.waits else (order.price, 0)
        left = order.open_quantity
        self._write(EventKind.RESTED, order, price=price, quantity=order.displayed, left=left, flags=flags)

    def cancelled(self, order: Order, why: Why) -> None:
        """While the order still has what is cancelled."""
        self._write(EventKind.CANCELLED, order, quantity=order.open_quantity, reason=why)

    def reduced(self, order: Order, quantity: int, why: Why) -> None:
        """After the order has lost the quantity."""
        self._write(EventKind.REDUCED, order, quantity=quantity, left=order.open_quantity, reason=why)

    def replaced(self, order: Order, priority_kept: bool) -> None:
        prices = {"price": order.price, "other": order.stop_price}
        quantities = {"quantity": order.quantity, "left": order.open_quantity}
        flags = Flag.PRIORITY_KEPT if priority_kept else 0
        self._write(EventKind.REPLACED, order, **prices, **quantities, flags=flags)

    def triggered(self, order: Order, stop_price: int) -> None:
        self._write(EventKind.TRIGGERED, order, price=stop_price)

    def refreshed(self, order: Order, *, priority_kept: bool = False) -> None:
        flags = Flag.PRIORITY_KEPT if priority_kept else 0
        self._write(EventKind.REFRESHED, order, quantity=order.displayed, left=order.open_quantity, flags=flags)

    def uncrossed(self, price: int, quantity: int) -> None:
        self._write(EventKind.UNCROSSED, price=price, quantity=quantity)

    def phase_changed(self, phase: int) -> None:
        self._write(EventKind.PHASE_CHANGED, quantity=phase)

    def bands_changed(self, lowest: int, highest: int) -> None:
        self._write(EventKind.BANDS_CHANGED, price=lowest, other=highest)
