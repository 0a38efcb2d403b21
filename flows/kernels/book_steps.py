"""What becomes of a message that a book takes."""

from __future__ import annotations

from dataclasses import dataclass

from flows.kernels.l2_book import Top


@dataclass(frozen=True, slots=True)
class Taken:
    """The message goes on from the one before."""

    top: Top | None
    """The top after it; None while the book is not synchronised."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Messages before it are missing: the book is no longer synchronised."""

    expected: int
    """The id that should have come: the first missing update, or OKX's `prevSeqId`."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same as the last event; nothing changed."""


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Older than the last event; nothing changed."""

    last: int


@dataclass(frozen=True, slots=True)
class Synchronised:
    """The snapshot is in the book, which is the venue's now."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Every event so far is older than the snapshot: the next ones will join."""


@dataclass(frozen=True, slots=True)
class TooOld:
    """Events between the snapshot and the oldest one at hand are missing: fetch another."""

    oldest_first: int
    """`U` of that event."""


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """The book was synchronised already; nothing changed."""


@dataclass(frozen=True, slots=True)
class NoSnapshot:
    """A change before the stream's snapshot, or after the book was found wrong; nothing changed."""


@dataclass(frozen=True, slots=True)
class WrongChecksum:
    """The book after the message is not the venue's: it is no longer synchronised."""

    expected: int
    """What the venue says."""
    computed: int


DepthStep = Taken | Gap | Repeated | OutOfOrder
"""What became of a depth event that a snapshot of REST is joined with."""
SnapshotStep = Synchronised | Ahead | TooOld | NotNeeded
"""What became of such a snapshot."""
StreamStep = Taken | NoSnapshot | Gap | WrongChecksum
"""What became of a message of a stream that brings its snapshot along."""
