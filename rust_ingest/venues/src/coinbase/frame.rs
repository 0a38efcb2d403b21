//! A frame as received, read as a whole or not at all, into memory that is used again.

mod advanced;
mod exchange;

use super::ParseError;
use super::dialect::Dialect;
use super::market::{Book, Heartbeat, Ticker, Trade};
use super::status::{ProductStatus, Subscriptions, VenueError};
use super::streams::Streams;
use crate::l2_book::Levels;

/// `symbol` says which of the connection's symbols, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    Trade {
        symbol: usize,
        trade: Trade,
    },
    Ticker {
        symbol: usize,
        ticker: Ticker,
    },
    /// `levels` is what [`Frame::levels`] wants.
    Book {
        symbol: usize,
        book: Book,
        levels: usize,
    },
    /// Exchange feed only.
    Heartbeat {
        symbol: usize,
        heartbeat: Heartbeat,
    },
    /// Advanced Trade's heartbeat, of the connection: a count of seconds.
    Beat {
        counter: i64,
    },
    Subscriptions(Subscriptions),
    Status(Vec<ProductStatus>),
    /// The venue refuses something. It is an answer, and no failure to read.
    Error(VenueError),
}

/// What a frame holds.
#[derive(Debug, Default)]
pub struct Frame {
    messages: Vec<Message>,
    books: Vec<Levels>,
    books_used: usize,
    publish_ns: Option<i64>,
    sequence: Option<i64>,
}

impl Frame {
    /// Replaces what the frame holds by what `text` says; nothing if it cannot be read.
    #[inline]
    pub fn read(&mut self, dialect: Dialect, streams: &Streams, text: &str) -> Result<(), ParseError> {
        self.clear();
        let read = match dialect {
            Dialect::Exchange => self.read_exchange(streams, text),
            Dialect::AdvancedTrade => self.read_advanced(streams, text),
        };
        if read.is_err() {
            self.clear();
        }
        read
    }

    /// In the venue's order; trades of one event in the order of their ids.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The levels of a book message, to be lent to a book.
    pub fn levels(&self, index: usize) -> Option<&Levels> {
        self.books[..self.books_used].get(index)
    }

    /// The messages, and the levels that they name, to be lent.
    pub fn parts(&mut self) -> (&[Message], &mut [Levels]) {
        (&self.messages, &mut self.books[..self.books_used])
    }

    /// `timestamp`, when the venue sent the frame; Advanced Trade only.
    pub fn publish_ns(&self) -> Option<i64> {
        self.publish_ns
    }

    /// `sequence_num`, which counts a connection's frames without a gap, over all channels; Advanced Trade only.
    /// [`crate::sequence::GaplessIds`] judges it: after a gap no book of the connection is known.
    pub fn sequence(&self) -> Option<i64> {
        self.sequence
    }

    fn clear(&mut self) {
        self.messages.clear();
        self.books_used = 0;
        (self.publish_ns, self.sequence) = (None, None);
    }

    /// Empty levels, and their index.
    #[inline]
    fn new_levels(&mut self) -> (usize, &mut Levels) {
        let index = self.books_used;
        self.books_used += 1;
        if index == self.books.len() {
            self.books.push(Levels::default());
        }
        let levels = &mut self.books[index];
        levels.clear();
        (index, levels)
    }
}
