"""A book rebuilt from events alone, which does not believe them: every event must be one that can happen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.matching import (
    Action,
    EventKind,
    Flag,
    Kind,
    Matching,
    Phase,
    Reason,
    SelfTrade,
    Side,
    TimeInForce,
)
from flows.matching.arrays import Rows


@dataclass
class Known:
    """An order, by its events and the command that brought it."""

    command: np.void
    owner: int
    side: int
    price: int
    stop_price: int
    quantity: int
    open_quantity: int
    displayed: int = 0
    gone: int = 0
    """executed, reduced and cancelled"""
    queue: list[int] | None = None
    """ids of the queue that it stands in; None on its way"""


class Witness:
    """Sees commands and their events."""

    def __init__(self) -> None:
        self.sequence = 0
        self.phase = Phase.OPEN
        self.last_price = 0
        self.time_ns = 0
        self.orders: dict[int, Known] = {}
        self._queues: dict[tuple[int, bool], dict[int, list[int]]] = {
            (side, waits): {} for side in Side for waits in (False, True)
        }

    def see(self, command: np.void, events: Rows, reason: int) -> None:
        """What one command caused."""
        if reason not in (Reason.BAD_COMMAND, Reason.TIME_BACKWARDS):
            assert command["time_ns"] >= self.time_ns
            self.time_ns = int(command["time_ns"])
        for event in events:
            self.sequence += 1
            assert event["sequence"] == self.sequence
            assert event["time_ns"] == self.time_ns
            self._see(command, event)
        if reason:
            assert all(event["kind"] == EventKind.CANCELLED for event in events)
        elif command["action"] == Action.NEW:
            _check_new(command, events)
        self._check_book()

    def levels(self, side: int) -> list[tuple[int, int, int]]:
        """Price, displayed quantity and orders, best price first."""
        queues = self._queues[side, False]
        return [
            (price, sum(self.orders[id].displayed for id in queues[price]), len(queues[price]))
            for price in self._prices(side)
        ]

    def ids(self, side: int, waits: bool) -> list[int]:
        queues = self._queues[side, waits]
        return [id for price in sorted(queues, reverse=(side == Side.BUY) != waits) for id in queues[price]]

    def _prices(self, side: int) -> list[int]:
        return sorted(self._queues[side, False], reverse=side == Side.BUY)

    def _see(self, command: np.void, event: np.void) -> None:
        match EventKind(event["kind"]):
            case EventKind.ACCEPTED:
                self._accept(command, event)
            case EventKind.TRADED:
                self._trade(event)
            case EventKind.UNCROSSED:
                self.last_price = int(event["price"])
            case EventKind.PHASE_CHANGED:
                self.phase = Phase(int(event["quantity"]))
            case EventKind.BANDS_CHANGED:
                assert (event["price"], event["other"]) == (command["price"], command["stop_price"])
            case kind:
                self._change(kind, event, self.orders[int(event["order_id"])])

    def _accept(self, command: np.void, event: np.void) -> None:
        id, quantity = int(event["order_id"]), int(event["quantity"])
        assert id not in self.orders
        assert event["left"] == quantity
        prices = int(event["price"]), int(event["other"])
        self.orders[id] = Known(command.copy(), int(event["owner"]), int(event["side"]), *prices, quantity, quantity)

    def _trade(self, event: np.void) -> None:
        auction = bool(event["flags"] & Flag.AUCTION)
        quantity, price = int(event["quantity"]), int(event["price"])
        taker, maker = self.orders[int(event["order_id"])], self.orders[int(event["other"])]
        assert (taker.side, maker.side) == (event["side"], 3 - event["side"])
        assert (taker.owner, maker.owner) == (event["owner"], event["other_owner"])
        assert quantity > 0
        self._has_priority(int(event["other"]), maker)
        if auction:
            assert taker.side == Side.BUY
            assert maker.price <= price <= taker.price
            assert price == self.last_price
            self._has_priority(int(event["order_id"]), taker)
            self._lose(int(event["order_id"]), taker, quantity)
        else:
            assert price == maker.price
            assert quantity <= maker.displayed
            assert taker.queue is None
            same_owner = taker.owner == maker.owner != 0
            assert not same_owner or taker.command["self_trade"] == SelfTrade.NONE
            if taker.price:
                assert price <= taker.price if taker.side == Side.BUY else price >= taker.price
            maker.displayed -= quantity
            taker.open_quantity -= quantity
            taker.gone += quantity
            self.last_price = price
            if not taker.open_quantity:
                del self.orders[int(event["order_id"])]
        self._lose(int(event["other"]), maker, quantity)
        assert (event["left"], event["other_left"]) == (taker.open_quantity, maker.open_quantity)
        assert taker.quantity == taker.gone + taker.open_quantity

    def _has_priority(self, id: int, order: Known) -> None:
        """Best price first, then first come first served."""
        assert order.price == self._prices(order.side)[0]
        assert order.queue is not None
        assert order.queue[0] == id

    def _lose(self, id: int, order: Known, quantity: int) -> None:
        order.open_quantity -= quantity
        order.gone += quantity
        order.displayed = min(order.displayed, order.open_quantity)
        assert order.open_quantity >= 0
        if not order.open_quantity:
            self._take_out(id, order)
            del self.orders[id]

    def _change(self, kind: EventKind, event: np.void, order: Known) -> None:
        id, quantity, left = int(event["order_id"]), int(event["quantity"]), int(event["left"])
        assert (order.owner, order.side) == (event["owner"], event["side"])
        kept = bool(event["flags"] & Flag.PRIORITY_KEPT)
        match kind:
            case EventKind.RESTED:
                waits = bool(event["flags"] & Flag.STOP)
                assert event["price"] == (order.stop_price if waits else order.price)
                order.displayed = quantity
                self._put_in(id, order, int(event["price"]), waits)
            case EventKind.CANCELLED:
                assert quantity == order.open_quantity
                self._lose(id, order, quantity)
                return
            case EventKind.REDUCED:
                self._lose(id, order, quantity)
            case EventKind.REPLACED:
                if not kept:
                    self._take_out(id, order)
                order.quantity, order.open_quantity = quantity, quantity - order.gone
                order.price, order.stop_price = int(event["price"]), int(event["other"])
                order.displayed = min(order.displayed, order.open_quantity)
            case EventKind.TRIGGERED:
                assert event["price"] == order.stop_price
                self._take_out(id, order)
                order.stop_price = 0
                return
            case EventKind.REFRESHED:
                assert order.queue is not None
                order.displayed = quantity
                if not kept:
                    order.queue.remove(id)
                    order.queue.append(id)
        assert 0 <= order.displayed <= order.open_quantity
        assert left == order.open_quantity > 0

    def _put_in(self, id: int, order: Known, price: int, waits: bool) -> None:
        assert order.queue is None
        order.queue = self._queues[order.side, waits].setdefault(price, [])
        order.queue.append(id)

    def _take_out(self, id: int, order: Known) -> None:
        if order.queue is None:
            return
        order.queue.remove(id)
        if not order.queue:
            queues = self._queues[order.side, order.stop_price != 0]
            del queues[order.stop_price or order.price]
        order.queue = None

    def _check_book(self) -> None:
        bids, asks = self._prices(Side.BUY), self._prices(Side.SELL)
        if self.phase == Phase.OPEN and bids and asks:
            assert bids[0] < asks[0]
        for order in self.orders.values():
            assert order.queue is not None, "nobody is left on the way"
            assert order.quantity == order.gone + order.open_quantity
            assert order.command["time_in_force"] != TimeInForce.GTD or order.command["expires_ns"] > self.time_ns
            assert self.phase != Phase.CLOSED or order.command["time_in_force"] != TimeInForce.DAY
            if order.stop_price and self.last_price:
                waits_above = order.side == Side.BUY
                assert order.stop_price > self.last_price if waits_above else order.stop_price < self.last_price

    def agrees(self, engine: Matching) -> None:
        """The book rebuilt from the events is the engine's."""
        shown = engine.get_book_snapshot()
        assert [tuple(level) for level in shown.bids] == self.levels(Side.BUY)
        assert [tuple(level) for level in shown.asks] == self.levels(Side.SELL)
        assert (engine.sequence, engine.phase, len(engine)) == (self.sequence, self.phase, len(self.orders))
        assert (engine.last_price or 0) == self.last_price
        for side in Side:
            for waits, live in ((False, engine.orders(side)), (True, engine.stops(side))):
                found = list(live)
                assert [order.order_id for order in found] == self.ids(side, waits)
                for order in found:
                    known = self.orders[order.order_id]
                    assert order.open_quantity == known.open_quantity
                    assert order.displayed == known.displayed
                    assert (order.price, order.stop_price) == (known.price, known.stop_price)


def _check_new(command: np.void, events: Rows) -> None:
    """How far an accepted order may go at once."""
    own = events[events["order_id"] == command["order_id"]]
    accepted = own[own["kind"] == EventKind.ACCEPTED]
    assert len(accepted) == 1
    # An order of this id may have expired before.
    own = own[own["sequence"] >= accepted["sequence"][0]]
    taken = own[own["kind"] == EventKind.TRADED]["quantity"].sum()
    rested = (own["kind"] == EventKind.RESTED).any()
    if command["kind"] >= Kind.STOP:
        assert rested
        return
    if command["time_in_force"] == TimeInForce.FOK:
        assert taken in (0, command["quantity"])
    if command["time_in_force"] >= TimeInForce.IOC:
        assert not rested
    if command["post_only"]:
        assert taken == 0
