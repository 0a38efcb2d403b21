"""One symbol's book where the snapshot comes in the stream of its changes: Coinbase, Kraken, OKX."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flows.contracts.codec import encode
from flows.contracts.records import Level, StreamedBookState
from flows.contracts.registry import SchemaIds
from flows.errors import BookError
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_sequence import SeqIds
from flows.kernels.book_steps import Gap, NoSnapshot, StreamStep, Taken, WrongChecksum
from flows.kernels.l2_book import L2Book, Top, check
from flows.kernels.scale import Scale
from flows.kernels.snapshot import open_state, same


class StreamedBook:
    """A book that says whether it is the venue's. Made by `coinbase`, `kraken` or `okx`."""

    def __init__(self, rule: str, depth_max: int | None, checksum: Callable[[L2Book], int] | None) -> None:
        self._rule = rule
        self._checksum = checksum
        self._sequence: int | None = None
        self._synchronised = False
        self._book = L2Book(depth_max)

    @classmethod
    def coinbase(cls) -> StreamedBook:
        """`level2`: no sequence numbers, no checksum, the whole book."""
        return cls("coinbase", None, None)

    @classmethod
    def kraken(cls, depth_max: int, scale: Scale, decimals: KrakenDecimals) -> StreamedBook:
        """`book` in WebSocket v1 or v2: `depth_max` levels are subscribed."""
        return cls("kraken", depth_max, lambda book: book.kraken_checksum(scale, decimals))

    @classmethod
    def okx(cls, scale: Scale, depth_max: int | None = None) -> StreamedBook:
        """`books` and its like: sequence numbers, and until June 2026 checksums, 0 since then, which says nothing:
        https://www.okx.com/help/okx-order-book-channels-checksum-field-deprecation.

        OKX removes what falls out of its 400 levels itself; `depth_max` keeps fewer than it sends."""
        return cls("okx", depth_max, lambda book: book.okx_checksum(scale))

    @property
    def is_synchronised(self) -> bool:
        return self._synchronised

    def top(self) -> Top | None:
        """The best levels; None while the book is not synchronised."""
        return self._book.top() if self._synchronised else None

    def book(self) -> L2Book | None:
        """A copy of the book; None while it is not synchronised."""
        return self._book.copy() if self._synchronised else None

    def on_snapshot(
        self,
        bids: Sequence[Level],
        asks: Sequence[Level],
        sequence: SeqIds | None = None,
        checksum: int | None = None,
    ) -> StreamStep:
        """Takes a snapshot. Raises BookError as `on_update` does."""
        self._book.load(bids, asks)
        return self._taken(sequence, checksum)

    def on_update(
        self,
        bids: Sequence[Level],
        asks: Sequence[Level],
        sequence: SeqIds | None = None,
        checksum: int | None = None,
    ) -> StreamStep:
        """Takes the changes of one message, all its parts together.

        Raises BookError for a value that no level has; nothing is changed then. Also for a level that the venue cannot
        have written, as its decimals are others than it was said; the book is no longer synchronised then.
        """
        check(bids, asks)
        if not self._synchronised:
            return NoSnapshot()
        expected = self._sequence
        if expected is not None and (sequence is None or sequence.previous != expected):
            self.disconnect()
            return Gap(expected)
        self._book.apply(bids, asks)
        return self._taken(sequence, checksum)

    def _taken(self, sequence: SeqIds | None, checksum: int | None) -> StreamStep:
        if checksum is not None:
            computed = self._compute(checksum)
            if computed != checksum:
                self.disconnect()
                return WrongChecksum(checksum, computed)
        self._sequence = None if sequence is None else sequence.last
        self._synchronised = True
        return Taken(self._book.top())

    def _compute(self, said: int) -> int:
        """The book's checksum; what the venue said where that says nothing."""
        if self._checksum is None or (self._rule == "okx" and said == 0):
            return said
        try:
            return self._checksum(self._book)
        except BookError:
            self.disconnect()
            raise

    def disconnect(self) -> None:
        """The connection or the book was lost: nothing is known until the next snapshot."""
        self._sequence, self._synchronised = None, False
        self._book.clear()

    def snapshot(self, ids: SchemaIds) -> bytes:
        """The state, framed, in its schema of `schemas/state/`."""
        return encode(StreamedBookState(self._rule, self._sequence, self._synchronised, self._book.state()), ids)

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Replaces the state by one that either twin wrote.

        Raises StageRestoreError if it is none, or of another venue or depth; the state is then unchanged.
        """
        saved = open_state(ids, state, StreamedBookState)
        same("rule", saved.rule, self._rule)
        self._book.take_state(saved.book)
        self._sequence, self._synchronised = saved.sequence, saved.synchronised
