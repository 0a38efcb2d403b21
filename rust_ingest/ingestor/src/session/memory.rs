//! What a session's records depend on beside the input at hand: it can be written down, and another session go on from it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use venues::dialect::OtherConnection;

use super::Session;
use super::instrument::{InstrumentFeed, InstrumentMemory};
use super::line::{Line, LineMemory};

/// All that a session remembers of the inputs before. What it was made of stands elsewhere.
#[derive(Serialize, Deserialize)]
pub struct SessionMemory<'a> {
    frames: u64,
    lines: Vec<LineMemory<'a>>,
    instruments: Vec<Cow<'a, InstrumentMemory>>,
}

impl Session {
    pub fn memory(&self) -> SessionMemory<'_> {
        let Self {
            venue: _,
            lines,
            is_redundant: _,
            instruments,
            frames,
        } = self;
        let of_instrument = |feed| Cow::Borrowed(InstrumentFeed::memory(feed));
        SessionMemory {
            frames: *frames,
            lines: lines.iter().map(Line::memory).collect(),
            instruments: instruments.iter().map(of_instrument).collect(),
        }
    }

    /// Goes on where another session was that was made of the same: the same records follow from the same inputs.
    ///
    /// # Errors
    /// That one was made of something else.
    pub fn remember(&mut self, memory: SessionMemory<'_>) -> Result<(), OtherConnection> {
        if memory.lines.len() != self.lines.len() || memory.instruments.len() != self.instruments.len() {
            return Err(OtherConnection);
        }
        self.frames = memory.frames;
        for (line, memory) in self.lines.iter_mut().zip(memory.lines) {
            line.remember(memory)?;
        }
        for (feed, memory) in self.instruments.iter_mut().zip(memory.instruments) {
            feed.remember(memory.into_owned());
        }
        Ok(())
    }
}
