//! One line to one message.

use std::borrow::Cow;

use super::ParseError;
use super::fields::time_ns;
use super::market::Price;
use super::streams::Streams;
use crate::field::Field;
use crate::l2_book::Levels;
use crate::scan::Scanner;
use crate::spread::TimeOrder;

/// A line, read as a whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Message<'a> {
    /// Its levels are those of [`LineReader::levels`].
    Price(Price),
    /// Sent every 5 seconds ("Pricing Stream": "heartbeat ... every 5 seconds").
    Heartbeat { event_ns: i64 },
    /// The venue turned the request down, in its own words.
    Error {
        message: Cow<'a, str>,
        code: Option<Cow<'a, str>>,
    },
}

/// Reads lines, and remembers the newest time of each instrument.
#[derive(Clone, Debug)]
pub struct LineReader {
    streams: Streams,
    orders: Vec<TimeOrder>,
    levels: Levels,
}

impl LineReader {
    pub fn new(streams: Streams) -> Self {
        let orders = vec![TimeOrder::default(); streams.symbols().len()];
        Self {
            streams,
            orders,
            levels: Levels::default(),
        }
    }

    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The levels of the last price.
    pub fn levels(&self) -> &Levels {
        &self.levels
    }

    /// The same, to be lent.
    pub(super) fn levels_mut(&mut self) -> &mut Levels {
        &mut self.levels
    }

    /// Reads one line without its end. The type stands last in it and the instrument, which decides what prices count,
    /// behind them: so it is gone through twice. At four prices a second and instrument that costs nothing.
    ///
    /// # Errors
    /// The line is not what OANDA documents, or of an instrument that was not asked for. It is taken as a whole or not
    /// at all.
    pub fn read<'a>(&mut self, line: &'a str) -> Result<Message<'a>, ParseError> {
        let mut kind = Field::named("type");
        let mut instrument = Field::named("instrument");
        let mut event_ns = Field::named("time");
        let mut error = Field::named("errorMessage");
        let mut code = Field::named("errorCode");
        let mut scanner = Scanner::new(line);
        let mut entries = scanner.object()?;
        while let Some(key) = scanner.key(&mut entries)? {
            match key {
                b"type" => kind.set((scanner.position(), scanner.string()?), &scanner)?,
                b"instrument" => instrument.set((scanner.position(), scanner.string()?), &scanner)?,
                b"time" => event_ns.set(time_ns(&mut scanner)?, &scanner)?,
                b"errorMessage" => error.set(scanner.string()?, &scanner)?,
                b"errorCode" => code.set(scanner.string()?, &scanner)?,
                _ => scanner.skip()?,
            }
        }
        scanner.end()?;
        if let Some(message) = error.optional() {
            let code = code.optional();
            return Ok(Message::Error { message, code });
        }
        let (position, kind) = kind.required()?;
        match &*kind {
            "PRICE" => {
                let (position, name) = instrument.required()?;
                self.price(line, position, &name)
            }
            "HEARTBEAT" => Ok(Message::Heartbeat {
                event_ns: event_ns.required()?,
            }),
            found => Err(ParseError::UnknownType {
                position,
                found: found.to_owned(),
            }),
        }
    }

    fn price<'a>(&mut self, line: &str, position: usize, name: &str) -> Result<Message<'a>, ParseError> {
        let unknown = || ParseError::UnknownInstrument {
            position,
            found: name.to_owned(),
        };
        let index = self.streams.find(name).ok_or_else(unknown)?;
        let symbol = &self.streams.symbols()[index];
        let mut price = Price::read(&mut Scanner::new(line), index, symbol, &mut self.levels)?;
        price.is_late = self.orders[index].is_late(price.event_ns);
        Ok(Message::Price(price))
    }
}

#[cfg(test)]
mod tests;
