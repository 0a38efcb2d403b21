//! All that a session can be told.

use venues::book_steps::SnapshotStep;
pub use venues::dialect::Opening;

use super::{Refusal, Session};
use crate::outbox::Outbox;

/// What a session can be told. Together with the time it was received, it is all that the records depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// The streams of this connection flow.
    Opened { connection: u16 },
    /// They ended; `reason` is for people.
    Closed { connection: u16, reason: &'a str },
    /// A whole message, a datagram or a line.
    Frame { connection: u16, payload: &'a [u8] },
    /// A REST answer: an instrument's book.
    Snapshot { instrument: usize, body: &'a [u8] },
    /// Time went on: heartbeats may be due.
    Time,
}

/// What the I/O side must know of an input that the session took.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    Done,
    /// What became of a snapshot; one that could not be read became a dead letter.
    Snapshot(Result<SnapshotStep, Refusal>),
}

impl Session {
    /// Takes one input. Records that follow from it are in `out`.
    #[inline]
    pub fn take(&mut self, input: Input<'_>, receive_ns: i64, out: &mut Outbox) -> Taken {
        match input {
            Input::Frame { connection, payload } => self.on_frame(connection, payload, receive_ns, out),
            Input::Opened { connection } => self.on_connect(connection, receive_ns, out),
            Input::Closed { connection, reason } => self.on_disconnect(connection, reason, receive_ns, out),
            Input::Time => self.on_time(receive_ns, out),
            Input::Snapshot { instrument, body } => {
                return Taken::Snapshot(self.on_snapshot(instrument, body, receive_ns, out));
            }
        }
        Taken::Done
    }
}
