//! One symbol's book where the snapshot comes in the stream of its changes: Coinbase, Kraken, OKX.

use contracts::{Kind, Record, SchemaIds, StreamedBookState, encode};
use serde::{Deserialize, Serialize};

use crate::RestoreError;
use crate::book_sequence::SeqIds;
use crate::book_steps::StreamStep;
use crate::l2_book::{BookError, KrakenDecimals, L2Book, Levels, Top};
use crate::scale::Scale;
use crate::snapshot::{open, same};

/// How the book is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StreamRule {
    /// `level2`: no sequence numbers, no checksum, the whole book.
    Coinbase,
    /// `book` in WebSocket v1 or v2.
    Kraken { scale: Scale, decimals: KrakenDecimals },
    /// `books` and its like: sequence numbers, and until June 2026 checksums, 0 since then, which says nothing:
    /// <https://www.okx.com/help/okx-order-book-channels-checksum-field-deprecation>.
    Okx { scale: Scale },
}

impl StreamRule {
    /// The name that snapshots bear.
    fn name(self) -> &'static str {
        match self {
            Self::Coinbase => "coinbase",
            Self::Kraken { .. } => "kraken",
            Self::Okx { .. } => "okx",
        }
    }

    /// The book's checksum; what the venue said where that says nothing.
    fn compute(self, book: &L2Book, said: i64) -> Result<i64, BookError> {
        match self {
            Self::Coinbase => Ok(said),
            Self::Kraken { scale, decimals } => book.kraken_checksum(scale, decimals).map(i64::from),
            Self::Okx { .. } if said == 0 => Ok(said),
            Self::Okx { scale } => book.okx_checksum(scale).map(i64::from),
        }
    }
}

/// A book that says whether it is the venue's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StreamedBook {
    rule: StreamRule,
    sequence: Option<i64>,
    synchronised: bool,
    book: L2Book,
}

impl StreamedBook {
    /// `book` is empty, and limited to the depth that is subscribed where the venue does not remove what falls out of it
    /// (Kraken).
    pub fn new(rule: StreamRule, book: L2Book) -> Self {
        Self {
            rule,
            sequence: None,
            synchronised: false,
            book,
        }
    }

    pub fn is_synchronised(&self) -> bool {
        self.synchronised
    }

    /// The best levels, if the book is synchronised.
    pub fn top(&self) -> Option<Top> {
        self.synchronised.then(|| self.book.top())
    }

    /// The book itself, if it is synchronised.
    pub fn book(&self) -> Option<&L2Book> {
        self.synchronised.then_some(&self.book)
    }

    /// Takes a snapshot.
    ///
    /// # Errors
    /// As `on_update`.
    pub fn on_snapshot(
        &mut self,
        snapshot: &Levels,
        sequence: Option<SeqIds>,
        checksum: Option<i64>,
    ) -> Result<StreamStep, BookError> {
        self.book.load(snapshot);
        self.taken(sequence, checksum)
    }

    /// Takes the changes of one message, all its parts together.
    ///
    /// # Errors
    /// The venue cannot have written a level, as its decimals are others than it was said; the book is no longer
    /// synchronised then.
    pub fn on_update(
        &mut self,
        changes: &Levels,
        sequence: Option<SeqIds>,
        checksum: Option<i64>,
    ) -> Result<StreamStep, BookError> {
        if !self.synchronised {
            return Ok(StreamStep::NoSnapshot);
        }
        if let Some(expected) = self.sequence
            && sequence.is_none_or(|ids| ids.previous != expected)
        {
            self.disconnect();
            return Ok(StreamStep::Gap { expected });
        }
        self.book.apply(changes);
        self.taken(sequence, checksum)
    }

    fn taken(&mut self, sequence: Option<SeqIds>, checksum: Option<i64>) -> Result<StreamStep, BookError> {
        if let Some(expected) = checksum {
            let computed = match self.rule.compute(&self.book, expected) {
                Ok(computed) => computed,
                Err(error) => {
                    self.disconnect();
                    return Err(error);
                }
            };
            if computed != expected {
                self.disconnect();
                return Ok(StreamStep::WrongChecksum { expected, computed });
            }
        }
        self.sequence = sequence.map(|ids| ids.last);
        self.synchronised = true;
        Ok(StreamStep::Taken(self.book.top()))
    }

    /// The connection or the book was lost: nothing is known until the next snapshot.
    pub fn disconnect(&mut self) {
        self.sequence = None;
        self.synchronised = false;
        self.book.clear();
    }

    /// Appends the state, framed, in its schema of `schemas/state/`.
    pub fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        let state = StreamedBookState {
            rule: self.rule.name(),
            sequence: self.sequence,
            synchronised: self.synchronised,
            book: self.book.state(),
        };
        encode(ids, &state.into(), out);
    }

    /// Replaces the state by one that either twin wrote.
    ///
    /// # Errors
    /// It is none, or of another venue or depth; the state is then unchanged.
    pub fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        let saved = match open(ids, state, Kind::StreamedBookState)? {
            Record::StreamedBookState(saved) => saved,
            other => return Err(RestoreError::other_kind(Kind::StreamedBookState, other.kind())),
        };
        same("rule", &saved.rule, &self.rule.name())?;
        self.book.take_state(saved.book)?;
        (self.sequence, self.synchronised) = (saved.sequence, saved.synchronised);
        Ok(())
    }
}
