"""One symbol's book, joined from a snapshot of REST and depth events by the venue's rules."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from flows.contracts.codec import encode
from flows.contracts.records import DepthEventState, DepthIdsState, Level, SyncedBookState
from flows.contracts.registry import SchemaIds
from flows.errors import BookError, StageRestoreError
from flows.kernels.book_sequence import DepthIds, DepthRule, Join
from flows.kernels.book_steps import (
    Ahead,
    DepthStep,
    Gap,
    NotNeeded,
    OutOfOrder,
    Repeated,
    SnapshotStep,
    Synchronised,
    Taken,
    TooOld,
)
from flows.kernels.l2_book import L2Book, Top, check
from flows.kernels.snapshot import open_state, same

WAITING_EVENTS_MAX = 1_000
"""Depth events kept while a snapshot is on its way: 100 s of the fastest spot stream. Older ones are let go, and the
join rule then refuses a snapshot that would need them."""


@dataclass(frozen=True, slots=True)
class _Event:
    ids: DepthIds
    bids: Sequence[Level]
    asks: Sequence[Level]


class SyncedBook:
    """A book that says whether it is the venue's."""

    def __init__(self, rule: DepthRule) -> None:
        self._rule = rule
        self._newest: DepthIds | None = None
        self._synchronised = False
        self._snapshot_id: int | None = None
        """Of a snapshot in the book that the events have not reached yet."""
        self._waiting: deque[_Event] = deque(maxlen=WAITING_EVENTS_MAX)
        """Events without a snapshot, and without a gap between them."""
        self._book = L2Book()

    @property
    def wants_snapshot(self) -> bool:
        """Depth events come, and the book cannot go on without a snapshot."""
        return bool(self._waiting)

    def top(self) -> Top | None:
        """The best levels; None while the book is not synchronised."""
        return self._book.top() if self._synchronised else None

    def book(self) -> L2Book | None:
        """A copy of the book; None while it is not synchronised."""
        return self._book.copy() if self._synchronised else None

    def limit(self, depth_max: int | None) -> None:
        """From now on the book is cut to so many levels a side, as the venue tells of no more; None: it is whole.
        Raises BookError unless the depth is positive."""
        book = L2Book(depth_max)
        book.load(self._book.bids(), self._book.asks())
        self._book = book

    def on_depth(self, ids: DepthIds, bids: Sequence[Level], asks: Sequence[Level]) -> DepthStep:
        """Takes a depth event. Raises BookError for a value that no level has; nothing is changed then."""
        check(bids, asks)
        event, newest = _Event(ids, tuple(bids), tuple(asks)), self._newest
        if newest is not None:
            if ids == newest:
                return Repeated()
            if ids.last <= newest.last:
                return OutOfOrder(newest.last)
            if not self._rule.follows(newest.last, ids):
                self._newest = ids
                self._wait_from(event)
                return Gap(newest.last + 1)
        self._newest = ids
        self._take(event)
        return Taken(self.top())

    def _take(self, event: _Event) -> None:
        if self._synchronised:
            self._book.apply(event.bids, event.asks)
        elif self._snapshot_id is None:
            self._waiting.append(event)
        else:
            match self._rule.join(self._snapshot_id, event.ids):
                case Join.JOINS:
                    self._book.apply(event.bids, event.asks)
                    self._synchronised, self._snapshot_id = True, None
                case Join.TOO_LATE:
                    self._wait_from(event)

    def _wait_from(self, event: _Event) -> None:
        self._forget()
        self._waiting.append(event)

    def _forget(self) -> None:
        self._synchronised, self._snapshot_id = False, None
        self._waiting.clear()
        self._book.clear()

    def on_snapshot(self, snapshot_id: int, bids: Sequence[Level], asks: Sequence[Level]) -> SnapshotStep:
        """Takes a snapshot that ends with update `snapshot_id`. Raises BookError for a value that no level has; nothing
        is changed then."""
        check(bids, asks)
        if self._synchronised:
            return NotNeeded()
        joins = [self._rule.join(snapshot_id, event.ids) for event in self._waiting]
        old = next((at for at, join in enumerate(joins) if join is not Join.OLD), None)
        if old is not None and joins[old] is Join.TOO_LATE:
            return TooOld(self._waiting[old].ids.first)
        events = [] if old is None else list(self._waiting)[old:]
        self._waiting.clear()
        self._book.load(bids, asks)
        if not events:
            self._snapshot_id = snapshot_id
            return Ahead()
        for event in events:
            self._book.apply(event.bids, event.asks)
        self._synchronised, self._snapshot_id = True, None
        return Synchronised()

    def disconnect(self) -> None:
        """The connection was lost: what came before says nothing about what comes next."""
        self._newest = None
        self._forget()

    def snapshot(self, ids: SchemaIds) -> bytes:
        """The state, framed, in its schema of `schemas/state/`."""
        return encode(self.state(), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Replaces the state by one that either twin wrote.

        Raises StageRestoreError if it is none, or follows another rule; the state is then unchanged.
        """
        self.take_state(open_state(ids, state, SyncedBookState))

    def state(self) -> SyncedBookState:
        """What `snapshot` frames."""
        return SyncedBookState(
            rule=self._rule.value,
            newest=None if self._newest is None else DepthIdsState(*self._newest),
            synchronised=self._synchronised,
            snapshot_id=self._snapshot_id,
            waiting=[
                DepthEventState(DepthIdsState(*event.ids), list(event.bids), list(event.asks))
                for event in self._waiting
            ],
            book=self._book.state(),
        )

    def take_state(self, saved: SyncedBookState) -> None:
        """As `restore`."""
        same("rule", saved.rule, self._rule.value)
        try:
            # Its depth is the venue's, as the snapshot has it.
            book = L2Book(saved.book.depth_max)
        except BookError as error:
            raise StageRestoreError(f"the snapshot is no book: {error}") from error
        book.take_state(saved.book)
        self._book = book
        self._newest = None if saved.newest is None else _ids(saved.newest)
        self._synchronised, self._snapshot_id = saved.synchronised, saved.snapshot_id
        self._waiting.clear()
        self._waiting.extend(_Event(_ids(event.ids), event.bids, event.asks) for event in saved.waiting)


def _ids(state: DepthIdsState) -> DepthIds:
    return DepthIds(state.first, state.last, state.previous_final)
