"""Recorded orders of an exchange, submitted: the trades come out as it made them.

A visible execution (type 4) names the resting order. What one incoming order executed at one time is submitted as
one ioc order for the sum, at the worst price: it must meet the same orders, at the same prices, by the same
quantities. A hidden execution (type 5) is the trade of an order that no message and no row ever shows: the taker's part
of it is left out of what is submitted, and the book stays as it is. So it does in an auction and a halt.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from flows.matching import ENGINES, Matching, Order, Side, TimeInForce
from tests import made_lobster
from tests.lobster import BOOKED, EXECUTED, HIDDEN, NEW, Message, Place, Tape, read
from tests.recordings import FOLDER, recording

# The file's own ids are below both.
UNKNOWN, TAKERS = 2**63, 2**62

Trade = tuple[int, int, int]
"""Id of the resting order, price, quantity."""


@pytest.mark.parametrize("engine", ENGINES)
def test_recorded_orders_trade_as_recorded(engine: str) -> None:
    recording("nasdaq")
    for path in sorted((FOLDER / "nasdaq").glob("*message*")):
        submit(engine, path)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("day", made_lobster.DAYS)
def test_other_days_trade_alike(engine: str, day: str, tmp_path: Path) -> None:
    """Other ticks, prices, numbers of levels; sides that are empty; halts and auctions."""
    submit(engine, made_lobster.write(made_lobster.DAYS[day], tmp_path))


def submit(engine: str, path: Path) -> None:
    tape = read(path)
    Submitted(ENGINES[engine]("NASDAQ", tick_size=tape.tick()), tape).all()


class Submitted:
    """A tape's orders, in an engine."""

    def __init__(self, engine: Matching, tape: Tape) -> None:
        self.engine, self.tape = engine, tape
        self._unknown: dict[Place, list[int]] = {}
        """ids given to what came into sight, where the file has not named them"""
        self._executions = self._takers = self._hidden = 0
        for place, quantity in tape.rows[0].items():
            self._comes_into_sight(place, quantity)

    def all(self) -> None:
        for positions in self.tape.sweeps():
            for position in positions:
                self._look(position)
            messages = [self.tape.messages[position] for position in positions]
            if messages[0].kind in (EXECUTED, HIDDEN):
                self._execute(TAKERS + positions[0], messages)
            elif messages[0].kind == NEW:
                message = messages[0]
                order = Order(message.order_id, message.place[0], message.quantity, message.place[1])
                assert self.engine.add_order(order) == []
            elif messages[0].kind in BOOKED:
                self._remove(messages[0])
            assert self._levels(self.tape.depth) == self.tape.rows[positions[-1]]
        print(
            f"{len(self.tape.messages)} messages: {self._takers} incoming orders made {self._executions} executions; "
            f"{self._hidden} hidden ones were left out"
        )
        assert self._executions

    def _look(self, position: int) -> None:
        """What a message brings into sight was sent out of sight; or cancelled there, and is missing."""
        for place, quantity in self.tape.comes_into_sight(position).items():
            self._comes_into_sight(place, quantity)
        for place in self._levels(None).keys() - self.tape.rows[position].keys():
            if self.tape.is_in_sight(position, place) and not self.tape.is_in_sight(position - 1, place):
                self._cancel_all(place)

    def _execute(self, id: int, messages: list[Message]) -> None:
        visible = [message for message in messages if message.kind == EXECUTED]
        self._hidden += len(messages) - len(visible)
        if not visible:
            return
        self._executions, self._takers = self._executions + len(visible), self._takers + 1
        made_by = Side(3 - visible[0].place[0])
        expected = [(self._id(message), message.place[1], message.quantity) for message in visible]
        total, worst = sum(message.quantity for message in visible), visible[-1].place[1]
        taker = Order(id, made_by, total, worst, time_in_force=TimeInForce.IOC)
        fills = self.engine.add_order(taker)
        assert self._merged([(fill.maker_id, fill.price, fill.quantity) for fill in fills]) == self._merged(expected)

    def _merged(self, trades: list[Trade]) -> list[Trade]:
        """Trades in a row with what is one order here."""
        rows = groupby(trades, key=lambda trade: trade[:2])
        return [(*maker, sum(quantity for _, _, quantity in group)) for maker, group in rows]

    def _remove(self, message: Message) -> None:
        self.engine.reduce_order(self._id(message), message.quantity)

    def _id(self, message: Message) -> int:
        """The order's id, or that of what was there before the file told of orders."""
        if message.order_id in self.engine:
            return message.order_id
        return next(id for id in self._unknown[message.place] if id in self.engine)

    def _comes_into_sight(self, place: Place, quantity: int) -> None:
        # Which of those that were there were cancelled, and who came, is not told: all are of unknown ids now.
        self._cancel_all(place)
        id = UNKNOWN + sum(map(len, self._unknown.values()))
        self._unknown.setdefault(place, []).append(id)
        assert self.engine.add_order(Order(id, place[0], quantity, place[1])) == []

    def _cancel_all(self, place: Place) -> None:
        for order in self.engine.orders(place[0]):
            if order.price == place[1]:
                self.engine.cancel_order(order.order_id)

    def _levels(self, depth: int | None) -> dict[Place, int]:
        book = self.engine.get_book_snapshot(depth)
        sides = ((Side.BUY, book.bids), (Side.SELL, book.asks))
        return {(side, level.price): level.quantity for side, levels in sides for level in levels}
