"""The calls that are the same on both engines, made of the few that each brings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows._native import Order
from flows.kernels.matching import Kind, Phase, SelfTrade, Side, TimeInForce
from flows.matching.arrays import EVENT, Rows, commands_of, new_orders_of
from flows.matching.numbers import i64
from flows.matching.views import Batch, BookDepth, BookLevel, LiveOrder, QueuePosition

OrderRow = tuple[int, int, int, tuple[int, int, int, int], bool, tuple[int, int, int, int, int, int, int]]
"""The fields of a LiveOrder, in their order: the codes and the numbers as a tuple each."""
BatchRows = tuple[NDArray[Any], NDArray[np.uint8]]
"""Events as rows of 80 bytes, whatever their dtype; and the reasons of rejections."""


class SharedCalls:
    """Gives names to what an engine takes and hands out as rows. `flows.matching.Matching` says what the calls do."""

    def get_book_snapshot(self, depth: int | None = None) -> BookDepth:
        depth = None if depth is None else i64(depth)
        if depth is not None and depth < 0:
            raise ValueError(f"depth is {depth}: give how many prices of each side, or None for all")
        bids = [BookLevel(*row) for row in self.level_rows(Side.BUY, depth)]
        asks = [BookLevel(*row) for row in self.level_rows(Side.SELL, depth)]
        return BookDepth(self.symbol, self.time_ns, self.sequence, bids, asks)

    def queue_position(self, order_id: int) -> QueuePosition | None:
        row = self.queue_row(order_id)
        return None if row is None else QueuePosition(*row)

    def order(self, order_id: int) -> LiveOrder | None:
        row = self.order_row(order_id)
        return None if row is None else _live_order(row)

    def orders(self, side: int) -> Iterator[LiveOrder]:
        return map(_live_order, self.order_rows(Side(side), False))

    def stops(self, side: int) -> Iterator[LiveOrder]:
        return map(_live_order, self.order_rows(Side(side), True))

    @property
    def phase(self) -> Phase:
        return Phase(self.phase_code)

    def events(self) -> Rows:
        return self.event_rows().view(EVENT)

    def apply(self, commands: Rows | bytes | bytearray | memoryview) -> Batch:
        return _batch(self.apply_rows(commands_of(commands)))

    def add_orders(self, orders: Rows | bytes | bytearray | memoryview | Sequence[Order]) -> Batch:
        if isinstance(orders, (np.ndarray, bytes, bytearray, memoryview)):
            return _batch(self.apply_rows(new_orders_of(orders)))
        return _batch(self.add_each(list(orders)))

    @property
    @abstractmethod
    def symbol(self) -> str: ...
    @property
    @abstractmethod
    def time_ns(self) -> int: ...
    @property
    @abstractmethod
    def sequence(self) -> int: ...
    @property
    @abstractmethod
    def phase_code(self) -> int: ...

    @abstractmethod
    def level_rows(self, side: int, depth: int | None) -> list[tuple[int, int, int]]:
        """The best prices of a side: price, displayed quantity, orders."""

    @abstractmethod
    def order_rows(self, side: int, waiting: bool) -> list[OrderRow]:
        """Resting orders by priority, or waiting stops in the order in which they would be triggered."""

    @abstractmethod
    def order_row(self, order_id: int) -> OrderRow | None:
        """A live order."""

    @abstractmethod
    def queue_row(self, order_id: int) -> tuple[int, int] | None:
        """How many orders stand before a resting order, and what they display."""

    @abstractmethod
    def event_rows(self) -> NDArray[Any]:
        """The events of the last call that was no batch."""

    @abstractmethod
    def apply_rows(self, commands: NDArray[Any]) -> BatchRows:
        """Takes an aligned row of COMMAND."""

    @abstractmethod
    def add_each(self, orders: list[Order]) -> BatchRows:
        """Takes new orders at the engine's time."""


def _live_order(row: OrderRow) -> LiveOrder:
    order_id, entry, owner, (side, kind, time_in_force, self_trade), post_only, numbers = row
    codes = (Side(side), Kind(kind), TimeInForce(time_in_force), SelfTrade(self_trade))
    return LiveOrder(order_id, entry, owner, *codes, post_only, *numbers)


def _batch(rows: BatchRows) -> Batch:
    events, reasons = rows
    return Batch(events.view(EVENT), reasons)
