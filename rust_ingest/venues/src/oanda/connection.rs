//! OANDA in the words of all venues.

use std::ops::Range;

use super::ParseError;
use super::envelope::{LineReader, Message};
use super::market::Symbol;
use super::streams::Streams;
use crate::dialect::{self, Fault, Opening, OtherConnection};
use crate::look_up::look_up;
use crate::scan::Scanner;
use crate::update::{self, Beat, BookIds, Update};

/// The path names all instruments, so that nothing is asked for once it is open.
#[derive(Debug)]
pub struct Connection {
    lines: LineReader,
}

impl Connection {
    pub(super) fn new(symbols: Vec<Symbol>) -> Self {
        Self {
            lines: LineReader::new(Streams::of(symbols)),
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;
    type Memory = ();

    fn opening(&self) -> Opening {
        Opening {
            path: self.lines.streams().path(),
            messages: Vec::new(),
        }
    }

    /// A price is a quote and the whole of the book.
    fn read(&mut self, text: &str, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
        // What keeps a silent answer open.
        if text.trim().is_empty() {
            return Ok(());
        }
        match self.lines.read(text)? {
            Message::Price(price) => {
                take(Update::Status {
                    symbol: Some(price.symbol),
                    message: if price.is_tradeable {
                        "tradeable"
                    } else {
                        "not tradeable"
                    }
                    .into(),
                });
                take(Update::Quote(update::Quote {
                    symbol: price.symbol,
                    event_ns: Some(price.event_ns),
                    publish_ns: None,
                    update_id: None,
                    bid: price.bid,
                    ask: price.ask,
                }));
                take(Update::Book(update::Book {
                    symbol: price.symbol,
                    event_ns: Some(price.event_ns),
                    publish_ns: None,
                    is_snapshot: true,
                    ids: BookIds::None,
                    checksum: None,
                    decimals: None,
                    levels: self.lines.levels_mut(),
                }));
            }
            Message::Heartbeat { event_ns } => take(Update::Beat(Beat {
                symbol: None,
                event_ns: Some(event_ns),
                last_trade_id: None,
            })),
            Message::Error { message, code } => take(Update::Refused {
                message: match code {
                    Some(code) => format!("{code}: {message}").into(),
                    None => message,
                },
            }),
        }
        Ok(())
    }

    /// A price is a whole book, and not numbered: until the instrument's next one nobody knows its book.
    fn unproven_books(&self, text: &str) -> Range<usize> {
        let streams = self.lines.streams();
        if let Ok([Some(kind)]) = look_up(Scanner::new(text), ["type"])
            && kind.text != "PRICE"
        {
            return 0..0;
        }
        match look_up(Scanner::new(text), ["instrument"]).map(|[name]| name.and_then(|name| streams.find(&name.text))) {
            Ok(Some(symbol)) => symbol..symbol + 1,
            _ => 0..streams.symbols().len(),
        }
    }

    fn fault(error: &ParseError) -> Fault {
        match error {
            ParseError::UnknownInstrument { .. } => Fault::Foreign,
            _ => Fault::Unreadable,
        }
    }

    fn memory(&self) -> Self::Memory {
        // The newest times flag a price and no update.
        let Self { lines: _ } = self;
    }

    fn remember(&mut self, (): Self::Memory) -> Result<(), OtherConnection> {
        Ok(())
    }
}
