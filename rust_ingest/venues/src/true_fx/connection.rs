//! Ticks in the words of all venues.

use super::error::{Fault as LineFault, ParseError};
use super::market::TickReader;
use super::streams::Streams;
use crate::dialect::{self, Fault, Opening, OtherConnection};
use crate::l2_book::Level;
use crate::symbols::Symbol;
use crate::update::{self, Update};

#[derive(Debug)]
pub struct Connection {
    ticks: TickReader,
    /// Since the socket, or the file, was opened.
    lines: u64,
}

impl Connection {
    pub(super) fn new(symbols: Vec<Symbol>) -> Self {
        Self {
            ticks: TickReader::new(Streams::of(symbols)),
            lines: 0,
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;
    type Memory = u64;

    /// Nothing is asked for.
    fn opening(&self) -> Opening {
        Opening {
            path: String::new(),
            messages: Vec::new(),
        }
    }

    /// Lines are counted anew.
    fn opened(&mut self) {
        self.lines = 0;
    }

    /// Reads a line. One that is empty says nothing.
    #[inline]
    fn read(&mut self, text: &str, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
        self.lines += 1;
        if text.trim().is_empty() {
            return Ok(());
        }
        let tick = self.ticks.line(text.as_bytes(), self.lines)?;
        let best = |price| Some(Level { price, quantity: 0 });
        take(Update::Quote(update::Quote {
            symbol: tick.symbol,
            event_ns: Some(tick.event_ns),
            publish_ns: None,
            update_id: None,
            bid: best(tick.bid),
            ask: best(tick.ask),
        }));
        Ok(())
    }

    fn fault(error: &ParseError) -> Fault {
        match error.fault {
            LineFault::UnknownSymbol { .. } => Fault::Foreign,
            _ => Fault::Unreadable,
        }
    }

    fn memory(&self) -> Self::Memory {
        // The newest times flag a tick and no update.
        let Self { ticks: _, lines } = self;
        *lines
    }

    fn remember(&mut self, lines: Self::Memory) -> Result<(), OtherConnection> {
        self.lines = lines;
        Ok(())
    }
}
