//! Coinbase in the words of all venues.

use std::ops::Range;

use super::ParseError;
use super::dialect::Dialect;
use super::frame::{Frame, Message};
use super::market::{Best, Symbol};
use super::status::ProductStatus;
use super::streams::Streams;
use crate::dialect::{self, Fault, Opening, OtherConnection};
use crate::l2_book::{Level, Levels};
use crate::sequence::{GaplessIds, Step};
use crate::update::{self, Beat, BookIds, Update};

#[derive(Debug)]
pub struct Connection {
    dialect: Dialect,
    streams: Streams,
    frame: Frame,
    /// Of Advanced Trade's frames.
    numbers: GaplessIds,
}

impl Connection {
    pub(super) fn new(dialect: Dialect, symbols: Vec<Symbol>) -> Self {
        Self {
            dialect,
            streams: Streams::of(dialect, symbols),
            frame: Frame::default(),
            numbers: GaplessIds::default(),
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;
    type Memory = GaplessIds;

    fn opening(&self) -> Opening {
        Opening {
            path: "/".to_owned(),
            messages: self.streams.subscribe(),
        }
    }

    /// `sequence_num` counts anew ("Advanced Trade WebSocket Overview", "Sequence Numbers").
    fn opened(&mut self) {
        self.numbers = GaplessIds::default();
    }

    #[inline]
    fn read(&mut self, text: &str, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
        self.frame.read(self.dialect, &self.streams, text)?;
        if let Some(sequence) = self.frame.sequence() {
            match self.numbers.step(sequence) {
                Step::Next => {}
                Step::Gap { expected } => take(Update::Missing {
                    expected,
                    received: sequence,
                }),
                Step::Old { last } => return Err(ParseError::OldFrame { sequence, last }),
            }
        }
        let publish_ns = self.frame.publish_ns();
        let (messages, books) = self.frame.parts();
        for message in messages {
            tell(message, publish_ns, &self.streams, books, &mut take);
        }
        Ok(())
    }

    fn fresh_book(&self, symbol: usize) -> Vec<String> {
        self.streams.resubscribe_book(symbol)
    }

    /// Book messages of the Exchange feed bear no number; Advanced Trade numbers each frame.
    fn unproven_books(&self, text: &str) -> Range<usize> {
        match self.dialect {
            Dialect::Exchange => self.streams.books_of(text),
            Dialect::AdvancedTrade => 0..0,
        }
    }

    fn fault(error: &ParseError) -> Fault {
        match error {
            ParseError::UnknownMessage { .. } | ParseError::UnknownProduct { .. } => Fault::Foreign,
            ParseError::OldFrame { .. } => Fault::Repeated,
            _ => Fault::Unreadable,
        }
    }

    fn memory(&self) -> Self::Memory {
        let Self {
            dialect: _,
            streams: _,
            frame: _,
            numbers,
        } = self;
        *numbers
    }

    fn remember(&mut self, numbers: Self::Memory) -> Result<(), OtherConnection> {
        self.numbers = numbers;
        Ok(())
    }
}

#[inline]
fn tell(
    message: &Message,
    publish_ns: Option<i64>,
    streams: &Streams,
    books: &mut [Levels],
    take: &mut impl FnMut(Update<'_>),
) {
    match message {
        Message::Trade { symbol, trade } => take(Update::Trade(update::Trade {
            symbol: *symbol,
            event_ns: trade.event_ns,
            publish_ns,
            trade_id: Some(trade.trade_id),
            count: 1,
            price: trade.price,
            quantity: trade.quantity,
            aggressor: trade.aggressor,
            kind: "",
            is_past: trade.is_past,
        })),
        Message::Ticker { symbol, ticker } => take(Update::Quote(update::Quote {
            symbol: *symbol,
            event_ns: ticker.last.map(|last| last.event_ns),
            publish_ns,
            update_id: ticker.sequence,
            bid: ticker.bid.map(level),
            ask: ticker.ask.map(level),
        })),
        Message::Book { symbol, book, levels } => take(Update::Book(update::Book {
            symbol: *symbol,
            event_ns: book.event_ns,
            publish_ns,
            is_snapshot: book.is_snapshot,
            ids: BookIds::None,
            checksum: None,
            decimals: None,
            levels: &mut books[*levels],
        })),
        Message::Heartbeat { symbol, heartbeat } => take(Update::Beat(Beat {
            symbol: Some(*symbol),
            event_ns: Some(heartbeat.event_ns),
            last_trade_id: Some(heartbeat.last_trade_id),
        })),
        Message::Beat { .. } => take(Update::Beat(Beat {
            symbol: None,
            event_ns: publish_ns,
            last_trade_id: None,
        })),
        // An answer comes for each request, and each tells of all so far: what is refused comes as an error.
        Message::Subscriptions(_) => take(Update::Confirmed),
        Message::Status(products) => {
            for ProductStatus {
                product,
                status,
                message,
            } in products
            {
                // The Exchange feed tells of all that there are.
                let Some(symbol) = streams.get(product) else { continue };
                let message = match message.is_empty() {
                    true => status.into(),
                    false => format!("{status}: {message}").into(),
                };
                take(Update::Status {
                    symbol: Some(symbol),
                    message,
                });
            }
        }
        Message::Error(error) => take(Update::Refused {
            message: error.to_string().into(),
        }),
    }
}

fn level(best: Best) -> Level {
    Level {
        price: best.price,
        quantity: best.quantity.unwrap_or(0),
    }
}
