"""An instrument's book as `market.ticks` tells it, whatever the venue: snapshots, the changes behind them, and gaps.

The ingestor has proven its book by the venue's numbers and checksums, and each depth event names its best levels: this
one counts while it has the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from flows.contracts.records import BookDelta, BookSnapshot, Level, LoggedBookState
from flows.kernels.book_sequence import DepthIds, DepthRule
from flows.kernels.book_steps import NotNeeded
from flows.kernels.checked import not_negative, positive
from flows.kernels.l2_book import Top
from flows.kernels.scale import Scale
from flows.kernels.synced_book import SyncedBook


class Slopes(NamedTuple):
    """Base per unit of the quote currency."""

    bid: float | None
    ask: float | None
    levels: int


NO_SLOPES = Slopes(None, None, 0)
"""Where no books are kept."""


class LoggedBook:
    """`depth_levels`: levels a side that the slopes are of."""

    def __init__(self, depth_levels: int) -> None:
        self._depth_levels = depth_levels
        self._synced = SyncedBook(DepthRule.LOGGED)
        self._in_step = False
        """Its best levels are those that the newest depth event names."""

    def on_delta(self, delta: BookDelta) -> None:
        """Refuses a negative quantity; the book is then unchanged."""
        _check(delta.bids, delta.asks)
        ids = DepthIds(delta.first_update_id, delta.final_update_id, delta.previous_update_id)
        self._synced.on_depth(ids, delta.bids, delta.asks)
        named = Top(_level(delta.bid_price, delta.bid_quantity), _level(delta.ask_price, delta.ask_quantity))
        self._in_step = self._synced.top() == named

    def on_snapshot(self, snapshot: BookSnapshot) -> None:
        """Refuses what `on_delta` refuses, and a depth that is none."""
        if snapshot.depth_max is not None:
            positive("depth_max", snapshot.depth_max)
        _check(snapshot.bids, snapshot.asks)
        if self._synced.top() is None:
            self._synced.limit(snapshot.depth_max)
        step = self._synced.on_snapshot(snapshot.final_update_id, snapshot.bids, snapshot.asks)
        self._in_step = self._in_step and isinstance(step, NotNeeded)

    def forget(self) -> None:
        """Messages of the book are missing: there is none until the next snapshot."""
        self._synced.disconnect()
        self._in_step = False

    def slopes(self, scale: Scale) -> Slopes:
        """At this moment; none while it does not count, where a side is empty, and where it is locked or crossed."""
        book = self._synced.book() if self._in_step else None
        slopes = None if book is None else book.depth_slopes(self._depth_levels)
        if slopes is None:
            return Slopes(None, None, self._depth_levels)
        return Slopes(scale.slope(slopes.bid), scale.slope(slopes.ask), self._depth_levels)

    def state(self) -> LoggedBookState:
        return LoggedBookState(self._in_step, self._synced.state())

    def restore(self, state: LoggedBookState) -> None:
        """Raises StageRestoreError if the state is no book's."""
        self._synced.take_state(state.book)
        self._in_step = state.in_step


def _check(bids: Sequence[Level], asks: Sequence[Level]) -> None:
    for level in chain(bids, asks):
        not_negative("quantity", level.quantity)


def _level(price: int | None, quantity: int | None) -> Level | None:
    return None if price is None or quantity is None else Level(price, quantity)
