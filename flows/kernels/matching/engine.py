"""Commands in, events out."""

from __future__ import annotations

from collections.abc import Iterable

from flows.kernels.matching import judge
from flows.kernels.matching.auction import uncross
from flows.kernels.matching.book import Book, Terms
from flows.kernels.matching.codes import Action, Phase, Reason, TimeInForce, Why
from flows.kernels.matching.command import Command
from flows.kernels.matching.entering import enter, trigger
from flows.kernels.matching.event import Event
from flows.kernels.matching.journal import Journal
from flows.kernels.matching.order import Order
from flows.kernels.matching.rejection import Rejected


class Engine:
    """The order book of one symbol, and what happens in it."""

    def __init__(self, terms: Terms, *, lowest_price: int = 0, highest_price: int = 0, last_price: int = 0) -> None:
        """Prices of 0 are none. Begins in the phase open, at time 0, without an order."""
        self.book = Book(terms)
        self.book.lowest_price, self.book.highest_price = lowest_price, highest_price
        self.book.last_price = last_price
        self.journal = Journal()

    def apply(self, command: Command) -> list[Event]:
        """What the command causes.

        Raises Rejected: nothing has changed then but the time and what expired by it, which stands in the journal.
        """
        self.journal.events = []
        self._apply(command)
        return self.journal.events

    def apply_all(self, commands: Iterable[Command]) -> tuple[list[Event], bytearray]:
        """The events of all commands, and one byte for each: 0, or the reason of its rejection."""
        self.journal.events = []
        reasons = bytearray()
        for command in commands:
            try:
                self._apply(command)
            except Rejected as rejection:
                reasons.append(rejection.reason)
            else:
                reasons.append(0)
        return self.journal.events, reasons

    def _apply(self, command: Command) -> None:
        judge.codes(command)
        self._move_time(command)
        match command.action:
            case Action.NEW:
                self._new(command)
            case Action.CANCEL:
                self._cancel(judge.cancel(self.book, command), Why.USER)
            case Action.REPLACE:
                self._replace(command)
            case Action.REDUCE:
                self._reduce(command)
            case Action.MASS_CANCEL:
                self._mass_cancel(command.owner, command.side)
            case Action.PHASE:
                self._change_phase(command.phase)
            case Action.BANDS:
                self._change_bands(command)

    def _move_time(self, command: Command) -> None:
        if command.time_ns < self.book.time_ns:
            raise Rejected(Reason.TIME_BACKWARDS, command.order_id)
        self.book.time_ns = self.journal.time_ns = command.time_ns
        for order in self.book.expiries.due(command.time_ns):
            self._cancel(order, Why.EXPIRED)

    def _new(self, command: Command) -> None:
        judge.new(self.book, command)
        self.book.entry += 1
        order = Order(command, self.book.entry)
        self.journal.accepted(order)
        enter(self.book, self.journal, order)

    def _cancel(self, order: Order, why: Why) -> None:
        self.journal.cancelled(order, why)
        self.book.leave(order)

    def _replace(self, command: Command) -> None:
        order, keeps_priority = judge.replace(self.book, command)
        grows_by = (command.quantity or order.quantity) - order.quantity
        if keeps_priority:
            self.book.shrink(order, -grows_by)
        else:
            self.book.leave(order)
            order.open_quantity += grows_by
        order.quantity += grows_by
        order.price = command.price or order.price
        order.stop_price = command.stop_price or order.stop_price
        self.journal.replaced(order, keeps_priority)
        if not keeps_priority:
            enter(self.book, self.journal, order)

    def _reduce(self, command: Command) -> None:
        order = judge.reduce(self.book, command)
        if command.quantity == order.open_quantity:
            self._cancel(order, Why.REDUCED)
        else:
            self.book.shrink(order, command.quantity)
            self.journal.reduced(order, command.quantity, Why.USER)

    def _mass_cancel(self, owner: int, side: int) -> None:
        for order in self._by_entry():
            if (owner == 0 or order.owner == owner) and (side == 0 or order.side == side):
                self._cancel(order, Why.MASS)

    def _change_phase(self, phase: int) -> None:
        if phase == Phase.CLOSED:
            for order in self._by_entry():
                if order.time_in_force == TimeInForce.DAY:
                    self._cancel(order, Why.EXPIRED)
        price = uncross(self.book, self.journal) if phase == Phase.OPEN and self.book.crossed() else None
        self.book.phase = phase
        self.journal.phase_changed(phase)
        if price is not None:
            trigger(self.book, self.journal, (price, price))

    def _change_bands(self, command: Command) -> None:
        judge.bands(command)
        self.book.lowest_price, self.book.highest_price = command.price, command.stop_price
        self.journal.bands_changed(command.price, command.stop_price)

    def _by_entry(self) -> list[Order]:
        return sorted(self.book.orders.values(), key=lambda order: order.entry)
