//! Who listens to the connections, one for all of them; and what a connection must do about what it heard.

use std::time::Duration;

use venues::dialect::Probe;

use super::entropy;
use super::frames::{Control, control, text};
use super::wire::{Messages, Received};
use crate::error::IngestError;
use crate::session::Opening;

/// An error means that going on would lose records: it ends the feed.
pub trait Listener {
    fn venue(&self) -> &'static str;

    /// How a connection begins.
    fn opening(&self, connection: u16) -> Opening;

    /// How a silent connection is asked whether it still is there.
    fn probe(&self) -> Probe;

    /// An endpoint is tried.
    fn connecting(&mut self, connection: u16, endpoint: &str);

    /// The streams were asked for.
    fn opened(&mut self, connection: u16) -> Result<(), IngestError>;

    /// A connection that was open is lost.
    fn closed(&mut self, connection: u16, reason: &str) -> Result<(), IngestError>;

    /// Messages of a connection that is still open are lost; those that are read next came after them.
    fn missed(&mut self, connection: u16, reason: &str) -> Result<(), IngestError>;

    /// Takes every frame that a connection has read; they came at the same time. Waits while the broker is slow.
    fn read<M: Messages>(&mut self, connection: u16, reader: &mut M) -> Result<Heard, IngestError>;

    /// What to ask the venue for, each once: texts that belong together, as soon as the venue takes them.
    fn replies(&mut self, connection: u16) -> Vec<Vec<String>>;

    /// How long, all in all, [`Self::read`] took: no socket was read meanwhile.
    fn deaf(&self) -> Duration;
}

#[derive(Debug, Default)]
pub struct Heard {
    /// Frames to send.
    pub answers: Vec<u8>,
    /// Why the connection is over, if it is.
    pub over: Option<Over>,
}

/// Why a connection is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    /// For people.
    pub reason: String,
    /// The venue said ahead that it would close it: a new one can be had at once.
    pub is_announced: bool,
}

impl Over {
    pub fn lost(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_announced: false,
        }
    }

    pub fn announced(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            is_announced: true,
        }
    }
}

impl Heard {
    /// Hands the messages that were read to `take`, up to where the connection is over.
    pub fn messages<E>(
        &mut self,
        reader: &mut impl Messages,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        while self.over.is_none() {
            match reader.next_received() {
                Ok(None) => break,
                Ok(Some(Received::Message(payload))) => take(payload)?,
                Ok(Some(Received::Ping(payload))) => control(Control::Pong, payload, mask(), &mut self.answers),
                Ok(Some(Received::Pong)) => {}
                Ok(Some(Received::Close { code, reason })) => {
                    let code = code.map_or_else(String::new, |code| format!(" ({code} {reason})"));
                    self.over = Some(Over::lost(format!("the venue closed the connection{code}")));
                }
                Err(error) => self.over = Some(Over::lost(error.to_string())),
            }
        }
        Ok(())
    }

    pub fn probe(&mut self, probe: &Probe) {
        match probe {
            Probe::WebSocket => control(Control::Ping, b"", mask(), &mut self.answers),
            Probe::Text { text, .. } => self.say(text),
        }
    }

    pub fn say(&mut self, message: &str) {
        text(message, mask(), &mut self.answers);
    }

    /// A farewell.
    pub fn close(&mut self) {
        control(Control::Close, &1000_u16.to_be_bytes(), mask(), &mut self.answers);
    }
}

fn mask() -> u32 {
    entropy::number() as u32
}
