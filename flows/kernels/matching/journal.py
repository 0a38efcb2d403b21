"""Writes down what happens, numbered."""

from __future__ import annotations

from flows.kernels.matching.codes import EventKind, Flag, Why
from flows.kernels.matching.event import Event
from flows.kernels.matching.order import Order


class Journal:
    """The events of the commands since `events` was last taken."""

    def __init__(self) -> None:
        self.sequence = 0
        self.time_ns = 0
        self.events: list[Event] = []

    def accepted(self, order: Order) -> None:
        self._write(EventKind.ACCEPTED, order, order.price, order.quantity, order.quantity, other=order.stop_price)

    def traded(self, taker: Order, maker: Order, price: int, quantity: int) -> None:
        """After both have lost the quantity."""
        self._trade(taker, maker, price, quantity, 0)

    def auctioned(self, buy: Order, sell: Order, price: int, quantity: int) -> None:
        """After both have lost the quantity."""
        self._trade(buy, sell, price, quantity, Flag.AUCTION)

    def rested(self, order: Order) -> None:
        price, flags = (order.stop_price, Flag.STOP) if order.waits else (order.price, 0)
        self._write(EventKind.RESTED, order, price, order.displayed, order.open_quantity, flags=flags)

    def cancelled(self, order: Order, why: Why) -> None:
        """While the order still has what is cancelled."""
        self._write(EventKind.CANCELLED, order, 0, order.open_quantity, 0, why)

    def reduced(self, order: Order, quantity: int, why: Why) -> None:
        """After the order has lost the quantity."""
        self._write(EventKind.REDUCED, order, 0, quantity, order.open_quantity, why)

    def replaced(self, order: Order, priority_kept: bool) -> None:
        flags = Flag.PRIORITY_KEPT if priority_kept else 0
        stop_price = order.stop_price
        self._write(EventKind.REPLACED, order, order.price, order.quantity, order.open_quantity, 0, flags, stop_price)

    def triggered(self, order: Order, stop_price: int) -> None:
        self._write(EventKind.TRIGGERED, order, stop_price, 0, 0)

    def refreshed(self, order: Order, *, priority_kept: bool = False) -> None:
        flags = Flag.PRIORITY_KEPT if priority_kept else 0
        self._write(EventKind.REFRESHED, order, 0, order.displayed, order.open_quantity, flags=flags)

    def uncrossed(self, price: int, quantity: int) -> None:
        self._write_of_all(EventKind.UNCROSSED, price=price, quantity=quantity)

    def phase_changed(self, phase: int) -> None:
        self._write_of_all(EventKind.PHASE_CHANGED, quantity=phase)

    def bands_changed(self, lowest: int, highest: int) -> None:
        self._write_of_all(EventKind.BANDS_CHANGED, price=lowest, other=highest)

    def _write(
        self,
        kind: EventKind,
        order: Order,
        price: int,
        quantity: int,
        left: int,
        reason: int = 0,
        flags: int = 0,
        other: int = 0,
    ) -> None:
        self.sequence += 1
        now = (self.sequence, self.time_ns)
        numbers = (order.order_id, other, price, quantity, left, 0, order.owner, 0, kind, reason, order.side, flags)
        # From a tuple in the order of the fields: events are made most often, and names would take twice the time.
        self.events.append(Event._make(now + numbers))

    def _write_of_all(self, kind: EventKind, *, price: int = 0, quantity: int = 0, other: int = 0) -> None:
        """What is about no order."""
        self.sequence += 1
        self.events.append(Event(self.sequence, self.time_ns, kind=kind, price=price, quantity=quantity, other=other))

    def _trade(self, order: Order, other: Order, price: int, quantity: int, flags: int) -> None:
        self.sequence += 1
        ids = (self.sequence, self.time_ns, order.order_id, other.order_id)
        numbers = (price, quantity, order.open_quantity, other.open_quantity, order.owner, other.owner)
        self.events.append(Event._make((*ids, *numbers, EventKind.TRADED, 0, order.side, flags)))
