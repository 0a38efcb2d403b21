"""Days of an exchange that never were, in LOBSTER's form: what the recorded day does not have.

Orders come, go and trade by price and time in a book of plain lists, and the two files are written as LOBSTER writes
them: only what changes the prices that a row shows, hidden executions, trades of an auction, halts. So they are what
the recording is, an oracle that knows nothing of the engines.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

BUY, SELL = 1, -1
NO_ASK, NO_BID = 9_999_999_999, -9_999_999_999


@dataclass(frozen=True)
class Day:
    """What is special about a day."""

    depth: int = 10
    tick: int = 100
    middle: int = 5_853_300
    reach: int = 25
    """ticks from the middle within which orders come"""
    live: int = 200
    """orders that there are at about any time"""
    seed: int = 1
    messages: int = 400


DAYS = {
    "a share below a dollar": Day(tick=1, middle=4_321),
    "a share of a million dollars": Day(tick=100, middle=9_000_000_000, depth=5),
    "one price a side": Day(depth=1),
    "fifty prices a side": Day(depth=50, reach=80, live=400),
    "a thin book": Day(live=6, seed=2),
    "few prices, long queues": Day(reach=3, depth=3, live=300),
}


def write(day: Day, folder: Path) -> Path:
    """Makes the day's two files; the path of its messages."""
    session = _Session(day)
    while len(session.messages) < day.messages:
        session.step()
    name = f"MADE_2012-06-21_34200000_57600000_%s_{day.depth}.csv.gz"
    for what, rows in (("message", session.messages), ("orderbook", session.rows)):
        with gzip.open(folder / (name % what), "wt") as file:
            file.writelines(",".join(map(str, row)) + "\n" for row in rows)
    return folder / (name % "message")


@dataclass
class _Session:
    day: Day
    messages: list[tuple[object, ...]] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = Random(self.day.seed)
        self._queues: dict[int, dict[int, list[list[int]]]] = {BUY: {}, SELL: {}}
        """of each side, by price: id and size of its orders, the first come first"""
        self._last_id = 0
        self._time = 34_200_000_000_000
        for _ in range(self.day.live):
            self._new()
        self.messages, self.rows = [], []

    def step(self) -> None:
        self._time += self._random.randrange(1, 1_000_000)
        live = sum(len(queue) for queues in self._queues.values() for queue in queues.values())
        draw = self._random.random()
        if draw < 0.03:
            self._stand_still()
        elif draw < 0.12:
            self._take()
        elif draw < 0.13:
            self._clear()
        elif draw < (0.75 if live < self.day.live else 0.35):
            self._new()
        else:
            self._remove()

    def _new(self) -> None:
        side = self._random.choice((BUY, SELL))
        best = max(self._queues[BUY], default=0), min(self._queues[SELL], default=2 * self.day.middle)
        away = self.day.tick * self._random.randrange(1, self.day.reach + 1)
        middle = self.day.middle - self.day.middle % self.day.tick
        price = (
            min(middle - away, best[1] - self.day.tick) if side == BUY else max(middle + away, best[0] + self.day.tick)
        )
        self._add(side, price, self._random.randrange(1, 400))

    def _add(self, side: int, price: int, size: int) -> None:
        self._last_id += self._random.randrange(1, 30)
        shown = self._shows(side, price)
        self._queues[side].setdefault(price, []).append([self._last_id, size])
        self._tell(shown or self._shows(side, price), 1, self._last_id, size, price, side)

    def _remove(self) -> None:
        side, price, place = self._any()
        if not side:
            return
        size = self._queues[side][price][place][1]
        part = size if size == 1 or self._random.random() < 0.7 else self._random.randrange(1, size)
        self._less(2 if part < size else 3, side, price, place, part)

    def _take(self) -> None:
        """One order that takes, part of it from orders that nobody sees; what is left of it may rest."""
        side = self._random.choice((BUY, SELL))
        size = self._random.choice((1, 50, 300, 1_000, 5_000))
        price = 0
        for _ in range(12):
            if not self._queues[side] or not size:
                break
            price = max(self._queues[BUY]) if side == BUY else min(self._queues[SELL])
            if self._random.random() < 0.15:
                self._tell(True, 5, 0, self._random.randrange(1, 100), price - side * (self.day.tick // 2), side)
            part = min(size, self._queues[side][price][0][1])
            self._less(4, side, price, 0, part)
            size -= part
        if size and price and price not in self._queues[side]:
            self._add(-side, price, size)

    def _clear(self) -> None:
        """Somebody takes all orders of a side away, one by one."""
        side = self._random.choice((BUY, SELL))
        for price in sorted(self._queues[side]):
            while price in self._queues[side]:
                self._less(3, side, price, 0, self._queues[side][price][0][1])
            if self._random.random() < 0.2:
                return

    def _stand_still(self) -> None:
        """A halt: trading stops, quotes are told again, an auction trades among hidden orders, trading goes on."""
        self._tell(True, 7, 0, 0, -1, -1)
        self._tell(True, 7, 0, 0, 0, -1)
        self._tell(True, 6, -1, self._random.randrange(1, 9_000), self.day.middle, self._random.choice((BUY, SELL)))
        self._tell(True, 7, 0, 0, 1, -1)

    def _any(self) -> tuple[int, int, int]:
        sides = [side for side in (BUY, SELL) if self._queues[side]]
        if not sides:
            return 0, 0, 0
        side = self._random.choice(sides)
        price = self._random.choice(sorted(self._queues[side]))
        return side, price, self._random.randrange(len(self._queues[side][price]))

    def _less(self, kind: int, side: int, price: int, place: int, part: int) -> None:
        shown = self._shows(side, price)
        order = self._queues[side][price][place]
        order[1] -= part
        if not order[1]:
            del self._queues[side][price][place]
        if not self._queues[side][price]:
            del self._queues[side][price]
        self._tell(shown, kind, order[0], part, price, side)

    def _shows(self, side: int, price: int) -> bool:
        return price in self._best(side)

    def _best(self, side: int) -> list[int]:
        return sorted(self._queues[side], reverse=side == BUY)[: self.day.depth]

    def _tell(self, shown: bool, kind: int, id: int, size: int, price: int, direction: int) -> None:
        if not shown:
            return
        self.messages.append((f"{self._time // 10**9}.{self._time % 10**9:09}", kind, id, size, price, direction))
        asks, bids = (
            [(price, sum(size for _, size in self._queues[side][price])) for price in self._best(side)]
            for side in (SELL, BUY)
        )
        missing = [(NO_ASK, 0)] * (self.day.depth - len(asks)), [(NO_BID, 0)] * (self.day.depth - len(bids))
        self.rows.append(
            [
                number
                for pair in zip(asks + missing[0], bids + missing[1], strict=True)
                for number in (*pair[0], *pair[1])
            ]
        )
