//! What becomes of a message that a book takes.

use crate::l2_book::Top;

/// What became of a depth event that a snapshot of REST is joined with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DepthStep {
    /// It goes on from the event before. The top after it, if the book is synchronised.
    Taken(Option<Top>),
    /// Events before it are missing, from update id `expected` on. It was taken, the book is no longer synchronised.
    Gap { expected: i64 },
    /// The same as the last event; nothing changed.
    Repeated,
    /// Older than the last event; nothing changed.
    OutOfOrder { last: i64 },
}

/// What became of a snapshot of REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotStep {
    /// The snapshot is in the book, which is the venue's now.
    Synchronised,
    /// Every event so far is older than the snapshot: the next ones will join.
    Ahead,
    /// Events between it and the oldest one at hand are missing: fetch another. `oldest_first` is `U` of that event.
    TooOld { oldest_first: i64 },
    /// The book was synchronised already; nothing changed.
    NotNeeded,
}

/// What became of a message of a stream that brings its snapshot along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StreamStep {
    /// It goes on from the message before.
    Taken(Top),
    /// A change before the stream's snapshot, or after the book was found wrong; nothing changed.
    NoSnapshot,
    /// Messages before it are missing: the book is no longer synchronised. `expected` is what `prevSeqId` should be.
    Gap { expected: i64 },
    /// The book after the message is not the venue's: it is no longer synchronised.
    WrongChecksum { expected: i64, computed: i64 },
}
