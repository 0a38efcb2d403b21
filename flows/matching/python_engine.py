"""The matching engine in plain Python: `flows/kernels/matching`, the reference of the Rust one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows._native import Fill, Order
from flows.contracts.registry import SchemaIds
from flows.errors import MatchingConfigError
from flows.kernels.matching import Action, Command, Engine, Event, EventKind, Flag, Reason, Rejected, Side
from flows.kernels.matching import order as kernel
from flows.kernels.matching.book import Terms
from flows.kernels.matching.state import restored, snapshot
from flows.matching.arrays import EVENT
from flows.matching.numbers import i64, u8, u32, u64
from flows.matching.shared_calls import BatchRows, OrderRow, SharedCalls


class PythonMatchingEngine(SharedCalls):
    """The book of one symbol, in plain Python. `flows.matching.Matching` says what each call does.

    Unlike the Rust one it is for one thread.
    """

    def __init__(
        self,
        symbol: str,
        *,
        tick_size: int = 1,
        lot_size: int = 1,
        lowest_price: int | None = None,
        highest_price: int | None = None,
        last_price: int | None = None,
    ) -> None:
        """Raises MatchingConfigError."""
        if not isinstance(symbol, str):
            raise TypeError(f"{symbol!r} is not a str")
        tick_size, lot_size = i64(tick_size), i64(lot_size)
        lowest, highest, last = _or_none(lowest_price), _or_none(highest_price), _or_none(last_price)
        _check_terms(tick_size, lot_size, lowest, highest, last)
        self._terms = Terms(symbol, tick_size, lot_size)
        self._engine = Engine(self._terms, lowest_price=lowest, highest_price=highest, last_price=last)
        self._ids = SchemaIds.embedded()

    @property
    def symbol(self) -> str:
        return self._terms.symbol

    @property
    def tick_size(self) -> int:
        return self._terms.tick_size

    @property
    def lot_size(self) -> int:
        return self._terms.lot_size

    @property
    def time_ns(self) -> int:
        return self._engine.book.time_ns

    @property
    def sequence(self) -> int:
        return self._engine.journal.sequence

    @property
    def phase_code(self) -> int:
        return self._engine.book.phase

    @property
    def last_price(self) -> int | None:
        return self._engine.book.last_price or None

    @property
    def bands(self) -> tuple[int | None, int | None]:
        return self._engine.book.lowest_price or None, self._engine.book.highest_price or None

    def __len__(self) -> int:
        return len(self._engine.book.orders)

    def __contains__(self, order_id: object) -> bool:
        try:
            return u64(order_id) in self._engine.book.orders  # type: ignore[arg-type]  # what is no id is not there
        except (TypeError, OverflowError):
            return False

    def add_order(self, order: Order, *, time_ns: int | None = None) -> list[Fill]:
        return self._fills(_new(order, self._time(time_ns)))

    def cancel_order(self, order_id: int, *, owner: int | None = None, time_ns: int | None = None) -> bool:
        named = self._named(order_id, owner)
        try:
            self._engine.apply(Command(action=Action.CANCEL, time_ns=self._time(time_ns), **named))
        except Rejected as rejection:
            if rejection.reason == Reason.UNKNOWN_ORDER:
                return False
            raise
        return True

    def modify_order(
        self,
        order_id: int,
        *,
        price: int | None = None,
        quantity: int | None = None,
        stop_price: int | None = None,
        owner: int | None = None,
        time_ns: int | None = None,
    ) -> list[Fill]:
        named = self._named(order_id, owner)
        new = {"price": _given(price), "quantity": _given(quantity), "stop_price": _given(stop_price)}
        return self._fills(Command(action=Action.REPLACE, time_ns=self._time(time_ns), **new, **named))

    def reduce_order(
        self, order_id: int, quantity: int, *, owner: int | None = None, time_ns: int | None = None
    ) -> None:
        named = self._named(order_id, owner)
        quantity = i64(quantity)
        self._engine.apply(Command(action=Action.REDUCE, time_ns=self._time(time_ns), quantity=quantity, **named))

    def mass_cancel(
        self, *, owner: int | None = None, side: int | None = None, time_ns: int | None = None
    ) -> list[int]:
        everybody = 0 if owner is None else u32(owner)
        if owner is not None and everybody == 0:
            raise ValueError("owner 0 is nobody; leave the owner out to cancel everybody's orders")
        sides = 0 if side is None else Side(u8(side))
        time_ns = self._time(time_ns)
        return self._cancelled(Command(action=Action.MASS_CANCEL, time_ns=time_ns, owner=everybody, side=sides))

    def set_phase(self, phase: int, *, time_ns: int | None = None) -> list[Fill]:
        return self._fills(Command(action=Action.PHASE, time_ns=self._time(time_ns), phase=u8(phase)))

    def set_bands(self, lowest: int | None, highest: int | None, *, time_ns: int | None = None) -> None:
        bands = {"price": _or_none(lowest), "stop_price": _or_none(highest)}
        self._engine.apply(Command(action=Action.BANDS, time_ns=self._time(time_ns), **bands))

    def advance(self, time_ns: int) -> list[int]:
        return self._cancelled(Command(action=Action.TIME, time_ns=i64(time_ns)))

    def snapshot(self) -> bytes:
        return snapshot(self._engine, self._ids)

    def restore(self, state: bytes) -> None:
        if not isinstance(state, bytes):
            raise TypeError(f"a {type(state).__name__} is no snapshot: give the bytes of one")
        self._engine = restored(self._terms, self._ids, state)

    def level_rows(self, side: int, depth: int | None) -> list[tuple[int, int, int]]:
        queues = self._engine.book.side(side).queues()
        return [
            (price, sum(order.displayed for order in queue.values()), len(queue))
            for price, queue in islice(queues, depth)
        ]

    def order_rows(self, side: int, waiting: bool) -> list[OrderRow]:
        book = self._engine.book
        return [_row(order) for order in (book.stops(side) if waiting else book.side(side))]

    def order_row(self, order_id: int) -> OrderRow | None:
        order = self._engine.book.orders.get(u64(order_id))
        return None if order is None else _row(order)

    def queue_row(self, order_id: int) -> tuple[int, int] | None:
        book = self._engine.book
        order = book.orders.get(u64(order_id))
        if order is None or order.waits:
            return None
        queue = book.side(order.side).queue(order.price).values()
        before = [other.displayed for other in takewhile(lambda other: other is not order, queue)]
        return len(before), sum(before)

    def event_rows(self) -> NDArray[Any]:
        return _rows(self._engine.journal.events)

    def apply_rows(self, commands: NDArray[Any]) -> BatchRows:
        return self._apply_all(map(Command._make, commands.tolist()))

    def add_each(self, orders: list[Order]) -> BatchRows:
        time_ns = self._engine.book.time_ns
        return self._apply_all([_new(order, time_ns) for order in orders])

    def _apply_all(self, commands: Iterable[Command]) -> BatchRows:
        events, reasons = self._engine.apply_all(commands)
        self._engine.journal.events = []
        return _rows(events), np.frombuffer(reasons, np.uint8)

    def _time(self, time_ns: int | None) -> int:
        return self._engine.book.time_ns if time_ns is None else i64(time_ns)

    def _named(self, order_id: int, owner: int | None) -> dict[str, int]:
        """The order, and the owner named or its own."""
        order_id = u64(order_id)
        if owner is None:
            order = self._engine.book.orders.get(order_id)
            owner = 0 if order is None else order.owner
        return {"order_id": order_id, "owner": u32(owner)}

    def _fills(self, command: Command) -> list[Fill]:
        return [_fill(event) for event in self._engine.apply(command) if event.kind == EventKind.TRADED]

    def _cancelled(self, command: Command) -> list[int]:
        return [event.order_id for event in self._engine.apply(command) if event.kind == EventKind.CANCELLED]


def _check_terms(tick_size: int, lot_size: int, lowest: int, highest: int, last: int) -> None:
    if tick_size < 1 or lot_size < 1:
        raise MatchingConfigError(f"tick_size {tick_size} and lot_size {lot_size}: both are at least 1")
    if lowest < 0 or highest < 0 or 0 < highest < lowest:
        raise MatchingConfigError(f"price bands {lowest} to {highest}: give the lowest first, both positive or None")
    if last < 0 or last % tick_size:
        raise MatchingConfigError(f"last_price {last} is no price: give a multiple of tick_size {tick_size}, or None")


def _new(order: Order, time_ns: int) -> Command:
    if not isinstance(order, Order):
        raise TypeError(f"{order!r} is not an Order")
    return Command(
        action=Action.NEW,
        time_ns=time_ns,
        order_id=order.order_id,
        price=order.price,
        quantity=order.quantity,
        stop_price=order.stop_price,
        display_quantity=order.display_quantity,
        expires_ns=order.expires_ns,
        owner=order.owner,
        side=order.side,
        kind=order.kind,
        time_in_force=order.time_in_force,
        self_trade=order.self_trade,
        post_only=order.post_only,
    )


def _rows(events: list[Event]) -> NDArray[Any]:
    rows: NDArray[Any] = np.zeros(len(events), EVENT)
    rows[:] = events
    return rows


def _fill(event: Event) -> Fill:
    return Fill(
        sequence=event.sequence,
        time_ns=event.time_ns,
        order_id=event.order_id,
        maker_id=event.other,
        owner=event.owner,
        maker_owner=event.other_owner,
        side=event.side,
        price=event.price,
        quantity=event.quantity,
        left=event.left,
        maker_left=event.other_left,
        auction=bool(event.flags & Flag.AUCTION),
    )


def _given(value: int | None) -> int:
    """What a replace changes: 0 leaves it. A 0 that was asked for is no price or quantity, and is to be rejected."""
    return 0 if value is None else i64(value) or -1


def _or_none(price: int | None) -> int:
    """A price that one may leave out: 0 is none."""
    return 0 if price is None else i64(price)


def _row(order: kernel.Order) -> OrderRow:
    codes = (order.side, order.kind, order.time_in_force, order.self_trade)
    prices = (order.price, order.stop_price)
    quantities = (order.quantity, order.open_quantity, order.displayed, order.display_quantity)
    return order.order_id, order.entry, order.owner, codes, order.post_only, (*prices, *quantities, order.expires_ns)
