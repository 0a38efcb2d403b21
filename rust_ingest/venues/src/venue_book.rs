//! One symbol's book, whichever way its venue proves it.

use serde::{Deserialize, Serialize};

use crate::book_sequence::SeqIds;
use crate::book_steps::{DepthStep, SnapshotStep, StreamStep};
use crate::l2_book::{BookError, Top};
use crate::proven_book::ProvenBook;
use crate::streamed_book::StreamedBook;
use crate::synced_book::SyncedBook;
use crate::update::{Book, BookIds};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum VenueBook {
    /// Joined with a snapshot of REST (Binance).
    Synced(SyncedBook),
    /// Snapshot and changes come in one stream (Coinbase, OKX).
    Streamed(NumberedBook),
    /// And the checksum is summed over decimals as they are written (Kraken).
    Proven(ProvenBook),
    /// The venue tells of none (TrueFX).
    Absent,
}

/// A streamed book that knows a message which comes twice, or late.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NumberedBook {
    book: StreamedBook,
    newest: Option<SeqIds>,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum BookStep {
    /// It goes on from the message before. The top after it, if the book is synchronised.
    Taken(Option<Top>),
    /// Messages before it are missing, from number `expected` on; this one is `received`. There is no book now.
    Gap { expected: i64, received: i64 },
    /// The book after it is not the venue's: there is no book now.
    Wrong(WrongBook),
    /// A change before the snapshot; nothing changed.
    NoSnapshot,
    /// It came before; nothing changed.
    Repeated,
    /// It came late; nothing changed.
    OutOfOrder { last: i64 },
    /// What became of a snapshot of REST.
    Snapshot(SnapshotStep),
}

/// Why a book is not the venue's.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WrongBook {
    #[error("the book's checksum is {computed}, the venue's {expected}")]
    Checksum { expected: i64, computed: i64 },
    #[error(transparent)]
    Level(BookError),
}

impl VenueBook {
    pub fn streamed(book: StreamedBook) -> Self {
        Self::Streamed(NumberedBook { book, newest: None })
    }

    /// Takes one message, all its parts together.
    #[inline]
    pub fn take(&mut self, book: &Book<'_>) -> BookStep {
        match (self, book.ids) {
            (Self::Synced(synced), BookIds::Depth(ids)) => match synced.on_depth(ids, book.levels) {
                DepthStep::Taken(top) => BookStep::Taken(top),
                DepthStep::Gap { expected } => BookStep::Gap {
                    expected,
                    received: ids.first,
                },
                DepthStep::Repeated => BookStep::Repeated,
                DepthStep::OutOfOrder { last } => BookStep::OutOfOrder { last },
            },
            (Self::Synced(synced), BookIds::Rest(last)) => BookStep::Snapshot(synced.on_snapshot(last, book.levels)),
            // A message without such numbers is none of its.
            (Self::Synced(_), BookIds::Stream(_) | BookIds::None) => BookStep::NoSnapshot,
            (Self::Absent, _) => BookStep::NoSnapshot,
            (Self::Streamed(numbered), _) => numbered.take(book),
            (Self::Proven(proven), _) => streamed(
                proven.on_levels(book.is_snapshot, book.checksum, book.decimals, book.levels),
                None,
            ),
        }
    }

    /// The connection was lost, or messages of it: nothing is known until the next snapshot.
    pub fn disconnect(&mut self) {
        match self {
            Self::Synced(book) => book.disconnect(),
            Self::Streamed(numbered) => {
                numbered.newest = None;
                numbered.book.disconnect();
            }
            Self::Proven(book) => book.disconnect(),
            Self::Absent => {}
        }
    }

    /// It is as the venue's; so is one that the venue does not have.
    pub fn is_synchronised(&self) -> bool {
        matches!(self, Self::Absent) || self.top().is_some()
    }

    /// Changes come, and the book cannot go on without a snapshot of REST.
    pub fn wants_snapshot(&self) -> bool {
        matches!(self, Self::Synced(book) if book.wants_snapshot())
    }

    /// Levels a side that the venue tells of, without removing what falls out of them; `None`: all.
    pub fn depth_max(&self) -> Option<i32> {
        match self {
            Self::Proven(book) => i32::try_from(book.depth()).ok(),
            Self::Synced(_) | Self::Streamed(_) | Self::Absent => None,
        }
    }

    /// The best levels, if the book is synchronised.
    pub fn top(&self) -> Option<Top> {
        match self {
            Self::Synced(book) => book.top(),
            Self::Streamed(numbered) => numbered.book.top(),
            Self::Proven(book) => book.top(),
            Self::Absent => None,
        }
    }
}

impl NumberedBook {
    fn take(&mut self, book: &Book<'_>) -> BookStep {
        let ids = match book.ids {
            BookIds::Stream(ids) => Some(ids),
            BookIds::Depth(_) | BookIds::Rest(_) | BookIds::None => None,
        };
        if book.is_snapshot {
            self.newest = ids;
            return streamed(self.book.on_snapshot(book.levels, ids, book.checksum), ids);
        }
        if let (Some(newest), Some(ids)) = (self.newest, ids) {
            // A message that changes nothing has the number of the one before, and may come often.
            if ids == newest && ids.previous != ids.last {
                return BookStep::Repeated;
            }
            if ids.previous < newest.last && ids.last < newest.last {
                return BookStep::OutOfOrder { last: newest.last };
            }
        }
        self.newest = ids;
        streamed(self.book.on_update(book.levels, ids, book.checksum), ids)
    }
}

fn streamed(step: Result<StreamStep, BookError>, ids: Option<SeqIds>) -> BookStep {
    match step {
        Ok(StreamStep::Taken(top)) => BookStep::Taken(Some(top)),
        Ok(StreamStep::NoSnapshot) => BookStep::NoSnapshot,
        Ok(StreamStep::Gap { expected }) => BookStep::Gap {
            expected: expected + 1,
            received: ids.map_or(expected, |ids| ids.last),
        },
        Ok(StreamStep::WrongChecksum { expected, computed }) => {
            BookStep::Wrong(WrongBook::Checksum { expected, computed })
        }
        Err(error) => BookStep::Wrong(WrongBook::Level(error)),
    }
}
