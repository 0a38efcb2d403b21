//! Kraken in the words of all venues.

use super::ParseError;
use super::dialect::{BOOK_DEPTH, Dialect};
use super::envelope::{self, Message};
use super::market::{Buffers, OrderType, Symbol};
use super::status::{Answer, Outcome};
use super::streams::Streams;
use crate::dialect::{self, Fault, Opening, OtherConnection};
use crate::symbols::Symbols;
use crate::update::{self, Beat, BookIds, Update};

#[derive(Debug)]
pub struct Connection {
    streams: Streams,
    buffers: Buffers,
}

impl Connection {
    pub(super) fn new(dialect: Dialect, symbols: Vec<Symbol>) -> Self {
        Self {
            streams: Streams::with(dialect, Symbols::new(symbols), BOOK_DEPTH),
            buffers: Buffers::default(),
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;
    type Memory = ();

    fn opening(&self) -> Opening {
        let path = match self.streams.dialect() {
            Dialect::V1 => "/",
            Dialect::V2 => "/v2",
        };
        Opening {
            path: path.to_owned(),
            messages: self.streams.subscribe(),
        }
    }

    #[inline]
    fn read(&mut self, text: &str, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
        match envelope::read(text, &self.streams, &mut self.buffers)? {
            Message::Trades { is_snapshot } => {
                for trade in &self.buffers.trades {
                    take(Update::Trade(update::Trade {
                        symbol: trade.symbol,
                        event_ns: trade.event_ns,
                        publish_ns: None,
                        trade_id: trade.trade_id,
                        count: 1,
                        price: trade.price,
                        quantity: trade.quantity,
                        aggressor: trade.aggressor,
                        kind: word(trade.order_type),
                        is_past: is_snapshot,
                    }));
                }
            }
            Message::Quote(quote) => take(Update::Quote(update::Quote {
                symbol: quote.symbol,
                event_ns: quote.event_ns,
                // `timestamp` of v2's `ticker` ("Ticker (Level 1)" does not say of what) is the message's: it tells of best prices, the
                // last trade and a day's totals. By this the log shows which service wrote it: `Dialect::wrote_quote`.
                publish_ns: quote.event_ns.filter(|_| self.streams.dialect() == Dialect::V2),
                update_id: None,
                bid: Some(quote.bid).filter(|level| level.price > 0),
                ask: Some(quote.ask).filter(|level| level.price > 0),
            })),
            Message::Book(book) => take(Update::Book(update::Book {
                symbol: book.symbol,
                event_ns: book.event_ns,
                publish_ns: None,
                is_snapshot: book.is_snapshot,
                ids: BookIds::None,
                checksum: book.checksum.map(i64::from),
                decimals: book.decimals,
                levels: &mut self.buffers.levels,
            })),
            Message::Heartbeat => take(Update::Beat(Beat {
                symbol: None,
                event_ns: None,
                last_trade_id: None,
            })),
            Message::Pong { .. } => take(Update::Pong),
            Message::Status(status) => take(Update::Status {
                symbol: None,
                message: status.system.word().to_owned().into(),
            }),
            Message::Answer(answer) => take(answered(answer)),
            Message::Error { message, .. } => take(Update::Refused { message }),
            // Not asked for here: terms come by REST.
            Message::Instruments => take(Update::Confirmed),
        }
        Ok(())
    }

    fn fresh_book(&self, symbol: usize) -> Vec<String> {
        self.streams.resubscribe_book(symbol)
    }

    fn fault(error: &ParseError) -> Fault {
        match error {
            ParseError::UnknownChannel { .. } | ParseError::UnknownSymbol { .. } => Fault::Foreign,
            _ => Fault::Unreadable,
        }
    }

    fn memory(&self) -> Self::Memory {
        let Self { streams: _, buffers: _ } = self;
    }

    fn remember(&mut self, (): Self::Memory) -> Result<(), OtherConnection> {
        Ok(())
    }
}

fn answered(answer: Answer<'_>) -> Update<'_> {
    let Outcome::Refused(message) = answer.outcome else {
        return Update::Confirmed;
    };
    let of = [answer.channel, answer.symbol].into_iter().flatten();
    let of: Vec<_> = of.collect();
    match of.is_empty() {
        true => Update::Refused { message },
        false => Update::Refused {
            message: format!("{}: {message}", of.join(" ")).into(),
        },
    }
}

fn word(order_type: OrderType) -> &'static str {
    match order_type {
        OrderType::Limit => "limit",
        OrderType::Market => "market",
        OrderType::Other => "",
    }
}
