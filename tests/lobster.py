"""A recorded book of Nasdaq orders in LOBSTER's form, read independently of the program.

One file has the messages, `time,type,order_id,size,price,direction`, the other the best prices of both sides after
each. Nothing is taken from a name or a certain day: the rows themselves say how many prices they have, and the tick.

The files tell what happens among the prices that they show, from the middle of a day on. What rests at a price
that comes into sight was sent before, or out of sight: its ids are not known until they are cancelled or executed.
And what has gone out of sight may be cancelled there, and be missing when its price would be seen again.

https://lobsterdata.com/info/DataStructure.php
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from itertools import groupby
from math import gcd
from pathlib import Path

from flows.matching import Side

NEW, REDUCED, DELETED, EXECUTED, HIDDEN, CROSSED, HALTED = 1, 2, 3, 4, 5, 6, 7
"""What a message tells. Hidden orders, trades of an auction and halts of trading change no order that a row shows."""
BOOKED = (NEW, REDUCED, DELETED, EXECUTED)
"""Messages about an order that the book shows."""

Place = tuple[Side, int]
"""A side and a price."""


@dataclass(frozen=True)
class Message:
    """What happened to one order."""

    time: str
    kind: int
    order_id: int
    quantity: int
    place: Place


@dataclass(frozen=True)
class Tape:
    """A recording."""

    messages: list[Message]
    rows: list[dict[Place, int]]
    """the best prices of each side after each message; one that is not there has no entry"""
    depth: int
    """how many prices of a side a row has room for"""

    def tick(self) -> int:
        """The largest step of which all prices are multiples."""
        return gcd(*(price for row in self.rows for _, price in row))

    def sweeps(self) -> list[list[int]]:
        """Positions of the messages after the first; those that one incoming order caused stand together."""
        positions = range(1, len(self.messages))
        return [[*group] for _, group in groupby(positions, key=self._taker)]

    def _taker(self, position: int) -> tuple[str, object]:
        message = self.messages[position]
        executed = message.kind in (EXECUTED, HIDDEN)
        return (message.time, message.place[0]) if executed else ("", position)

    def comes_into_sight(self, position: int) -> dict[Place, int]:
        """What rests at the prices that a message brings into sight, other than by a new order there."""
        message, before = self.messages[position], self.rows[position - 1]
        own = message.place if message.kind == NEW else None
        return {place: size for place, size in self.rows[position].items() if place not in before and place != own}

    def is_in_sight(self, position: int, place: Place) -> bool:
        """Whether a row shows all there is at a price, or would if there were anything."""
        side, price = place
        prices = [other for of, other in self.rows[position] if of == side]
        if len(prices) < self.depth:
            return True
        return price >= min(prices) if side == Side.BUY else price <= max(prices)


def read(path: Path) -> Tape:
    """The recording whose messages are at `path`."""
    rows = _csv(path.with_name(path.name.replace("message", "orderbook")))
    return Tape([_message(*row) for row in _csv(path)], [_row(row) for row in rows], len(rows[0]) // 4)


def _csv(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt") as file:
        return list(csv.reader(file))


def _message(time: str, kind: str, order_id: str, size: str, price: str, direction: str) -> Message:
    side = Side.BUY if int(direction) == 1 else Side.SELL
    return Message(time, int(kind), int(order_id), int(size), (side, int(price)))


def _row(row: list[str]) -> dict[Place, int]:
    """Ask price, ask size, bid price, bid size, and the next price; a size of 0 is none."""
    numbers = [int(text) for text in row]
    asks = zip(numbers[0::4], numbers[1::4], strict=True)
    bids = zip(numbers[2::4], numbers[3::4], strict=True)
    levels = [((Side.SELL, price), size) for price, size in asks] + [((Side.BUY, price), size) for price, size in bids]
    return {place: size for place, size in levels if size}
