//! Ticks. A line has no number and no sum: one that is lost or comes twice cannot be noticed. What can be is flagged.

use super::error::{Fault, ParseError};
use super::fields::{price, time_ns};
use super::streams::Streams;
use crate::spread::{Spread, TimeOrder};

/// Best prices of one symbol. TrueFX sends no quantities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Which of the symbols asked for.
    pub symbol: usize,
    pub event_ns: i64,
    /// In units of the symbol's scale.
    pub bid: i64,
    /// In units of the symbol's scale.
    pub ask: i64,
    pub spread: Spread,
    /// The venue dates it before a tick of this symbol that came earlier: datagrams overtake each other.
    pub is_late: bool,
}

/// Reads ticks, and remembers the newest time of each symbol.
#[derive(Clone, Debug)]
pub struct TickReader {
    streams: Streams,
    orders: Vec<TimeOrder>,
}

impl TickReader {
    pub fn new(streams: Streams) -> Self {
        let orders = vec![TimeOrder::default(); streams.symbols().len()];
        Self { streams, orders }
    }

    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The ticks of one datagram, or of a whole file: a line each, the last one with or without its end, empty ones
    /// left out. A line that is none is an error in its place, and the next one is read.
    pub fn datagram<'a>(&'a mut self, bytes: &'a [u8]) -> impl Iterator<Item = Result<Tick, ParseError>> + 'a {
        let lines = bytes.split(|byte| *byte == b'\n').zip(1..);
        lines
            .filter(|(line, _)| !line.trim_ascii().is_empty())
            .map(|(line, number)| self.line(line, number))
    }

    /// The tick of one line without its end; `number` is told by errors.
    ///
    /// # Errors
    /// It is none, or its symbol was not asked for.
    #[inline]
    pub fn line(&mut self, line: &[u8], number: u64) -> Result<Tick, ParseError> {
        let fail = |position, fault| ParseError {
            line: number,
            position,
            fault,
        };
        let text = std::str::from_utf8(line).map_err(|error| fail(error.valid_up_to(), Fault::NotUtf8))?;
        let text = text.strip_suffix('\r').unwrap_or(text);
        let mut position = 0;
        let mut fields = text.split(',').map(|field| {
            let at = position;
            position += field.len() + 1;
            (at, field)
        });
        let mut field = |expected| {
            fields
                .next()
                .ok_or_else(|| fail(text.len(), Fault::Missing { expected }))
        };
        let (symbol_at, name) = field("a symbol")?;
        let (time_at, time) = field("a time")?;
        let (bid_at, bid) = field("a bid")?;
        let (ask_at, ask) = field("an ask")?;
        if let Some((at, _)) = fields.next() {
            return Err(fail(at, Fault::TooMany));
        }
        let unknown = || Fault::UnknownSymbol { found: name.to_owned() };
        let symbol = self.streams.find(name).ok_or_else(|| fail(symbol_at, unknown()))?;
        let scale = self.streams.symbols()[symbol].price;
        let event_ns = time_ns(time).map_err(|fault| fail(time_at, fault))?;
        let bid = price(bid, scale, "bid").map_err(|fault| fail(bid_at, fault))?;
        let ask = price(ask, scale, "ask").map_err(|fault| fail(ask_at, fault))?;
        Ok(Tick {
            symbol,
            event_ns,
            bid,
            ask,
            spread: Spread::of(bid, ask),
            is_late: self.orders[symbol].is_late(event_ns),
        })
    }
}

#[cfg(test)]
mod tests;
