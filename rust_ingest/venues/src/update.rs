//! What a venue said, whichever it is: the words that all dialects share.
//!
//! `symbol` says which of the connection's symbols, in the order given. Times are nanoseconds since 1970, prices and
//! quantities counts of the symbol's units. Numbers are the venue's own: none where it has none.

use std::borrow::Cow;

use contracts::Side;

use crate::book_sequence::{DepthIds, SeqIds};
use crate::l2_book::{KrakenDecimals, Level, Levels};

/// One thing that a frame says; a frame may say several.
#[derive(Debug, PartialEq)]
pub enum Update<'a> {
    Trade(Trade<'a>),
    Quote(Quote),
    Book(Book<'a>),
    /// Frames of this connection are missing, of whatever kind: `expected` is the first one's number, `received` this one's.
    Missing {
        expected: i64,
        received: i64,
    },
    /// The venue is there.
    Beat(Beat),
    /// The venue does what was asked for.
    Confirmed,
    /// The venue refuses something that was asked for, in its own words.
    Refused {
        message: Cow<'a, str>,
    },
    /// How the venue is, or one of its instruments, in its own words: maintenance, halted. It may be what was said before.
    Status {
        /// None of the venue as a whole.
        symbol: Option<usize>,
        message: Cow<'a, str>,
    },
    /// The venue is about to close this connection, in its own words: another one is to take its place.
    Closing {
        message: Cow<'a, str>,
    },
    /// The answer to the application's own ping.
    Pong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade<'a> {
    pub symbol: usize,
    /// When it was executed.
    pub event_ns: i64,
    /// When the message was sent.
    pub publish_ns: Option<i64>,
    /// Counts one up; of several that are told together the last one's.
    pub trade_id: Option<i64>,
    /// How many are told together.
    pub count: i64,
    pub price: i64,
    pub quantity: i64,
    /// Who took.
    pub aggressor: Side,
    /// The venue's own word for what kind of trade it is; empty where it has none.
    pub kind: &'a str,
    /// It happened before the subscription, and may have come before.
    pub is_past: bool,
}

/// Best prices. A side without orders is none; a quantity that the venue does not tell is 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    pub symbol: usize,
    pub event_ns: Option<i64>,
    pub publish_ns: Option<i64>,
    /// The number of the book that they are the best prices of.
    pub update_id: Option<i64>,
    pub bid: Option<Level>,
    pub ask: Option<Level>,
}

/// Changes of a book, or a whole one.
#[derive(Debug, PartialEq)]
pub struct Book<'a> {
    pub symbol: usize,
    pub event_ns: Option<i64>,
    pub publish_ns: Option<i64>,
    pub is_snapshot: bool,
    pub ids: BookIds,
    /// Of the book after this message.
    pub checksum: Option<i64>,
    /// The most decimals that a level is written with, where checksums are summed over them.
    pub decimals: Option<KrakenDecimals>,
    /// In the venue's order. Lent: memory that is used again.
    pub levels: &'a mut Levels,
}

/// How a message of a book is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookIds {
    /// A depth event that is joined with a snapshot of REST.
    Depth(DepthIds),
    /// A snapshot of REST: the last update in it.
    Rest(i64),
    /// Each message names the one before.
    Stream(SeqIds),
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Of the whole connection where there is none.
    pub symbol: Option<usize>,
    pub event_ns: Option<i64>,
    /// The newest trade of the symbol that the venue has sent, or is about to.
    pub last_trade_id: Option<i64>,
}
