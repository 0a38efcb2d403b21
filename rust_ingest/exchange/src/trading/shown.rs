//! What a symbol's streams have shown: the book of its depth events, and a `bookTicker` that may be newer.

use crate::book::Book;
use crate::book::message::{self, BookTicker};

/// The book from depth events, and the newest `bookTicker` message.
#[derive(Debug, Default)]
pub struct Shown {
    /// The book.
    pub book: Book,
    ticker: Vec<u8>,
}

impl Shown {
    /// Remembers a `bookTicker` message; it is newer than the book until the next depth event.
    pub fn show_ticker(&mut self, body: &[u8]) {
        // Parsed only when somebody needs it: most markets have no orders of ours.
        self.ticker.clear();
        self.ticker.extend_from_slice(body);
        if self.book.has_gap()
            && let Some(ticker) = self.newer_ticker()
        {
            self.book.repair(&ticker);
        }
    }

    /// The newest `bookTicker`, if it is newer than the book.
    pub fn newer_ticker(&self) -> Option<BookTicker> {
        let ticker: BookTicker = message::combined(&self.ticker)?;
        (ticker.update_id > self.book.last_update_id()).then_some(ticker)
    }
}
