//! One frame to one message: what it is, which symbol it is of, and nothing left over.

mod v1;
mod v2;

use std::borrow::Cow;

use super::ParseError;
use super::dialect::Dialect;
use super::market::{Book, Buffers, Quote};
use super::status::{Answer, Status};
use super::streams::Streams;

/// A frame, read as a whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Message<'a> {
    /// The trades stand in [`Buffers::trades`], oldest first. A snapshot (v2) tells the last 50, some of which may
    /// have come before: their ids say so.
    Trades {
        is_snapshot: bool,
    },
    Quote(Quote),
    /// The levels stand in [`Buffers::levels`].
    Book(Book),
    /// Reference data of v2's channel `instrument`, which is not asked for.
    Instruments,
    /// Sent each second where nothing else is.
    Heartbeat,
    Pong {
        request_id: Option<i64>,
    },
    Status(Status<'a>),
    Answer(Answer<'a>),
    /// A request that was not understood, in the venue's own words.
    Error {
        message: Cow<'a, str>,
        request_id: Option<i64>,
    },
}

/// Reads one frame. What stood in `buffers` before is gone; after an error they hold nothing of use.
///
/// # Errors
/// The frame is not what Kraken documents, or of a channel or symbol that was not asked for. It is taken as a whole or
/// not at all.
#[inline]
pub fn read<'a>(text: &'a str, streams: &Streams, buffers: &mut Buffers) -> Result<Message<'a>, ParseError> {
    buffers.clear();
    match streams.dialect() {
        Dialect::V1 => v1::read(text, streams, buffers),
        Dialect::V2 => v2::read(text, streams, buffers),
    }
}
