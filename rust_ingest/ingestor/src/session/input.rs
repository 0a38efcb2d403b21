//! All that a session can be told.

pub use journal::inputs::Input;
use venues::book_steps::SnapshotStep;
pub use venues::dialect::Opening;

use super::{Refusal, Session};
use crate::outbox::Outbox;

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
