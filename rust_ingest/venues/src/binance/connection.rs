//! Binance in the words of all venues.

use super::ParseError;
use super::dialect::Dialect;
use super::envelope::Envelope;
use super::market::{BookTicker, Depth, Symbol, Trade};
use super::rest::Snapshot;
use super::status::VenueError;
use super::streams::{StreamKind, Streams};
use crate::dialect::{self, Fault, Opening, OtherConnection};
use crate::l2_book::Levels;
use crate::update::{self, BookIds, Update};
use contracts::Side;

/// Told on every combined stream without being asked for ("WebSocket Streams", "Server Shutdown").
const SHUTDOWN: &str = "!serverShutdown";

/// The path names all streams, so that nothing is asked for once it is open. Ids count on across connections: what is
/// missing shows in them.
#[derive(Debug)]
pub struct Connection {
    dialect: Dialect,
    symbols: Vec<Symbol>,
    streams: Streams,
    levels: Levels,
}

impl Connection {
    pub(super) fn new(dialect: Dialect, symbols: Vec<Symbol>) -> Self {
        let names: Vec<&str> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
        Self {
            dialect,
            streams: Streams::of(dialect, &names),
            symbols,
            levels: Levels::default(),
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;
    type Memory = ();

    fn opening(&self) -> Opening {
        Opening {
            path: self.streams.path(),
            messages: Vec::new(),
        }
    }

    #[inline]
    fn read(&mut self, text: &str, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
        let mut envelope = match Envelope::open(text) {
            Ok(envelope) => envelope,
            Err(error) => return refused(text, error, take),
        };
        let Some(stream) = self.streams.get(&envelope.stream) else {
            if envelope.stream == SHUTDOWN {
                envelope.data.skip()?;
                envelope.close()?;
                take(Update::Closing {
                    message: "the venue's server is about to shut down".into(),
                });
                return Ok(());
            }
            let name = envelope.stream.into_owned();
            return Err(ParseError::UnknownStream { name });
        };
        let symbol = &self.symbols[stream.symbol];
        match stream.kind {
            StreamKind::Trade => {
                let trade = Trade::read(&mut envelope.data, symbol)?;
                envelope.close()?;
                take(Update::Trade(update::Trade {
                    symbol: stream.symbol,
                    event_ns: trade.event_ns,
                    publish_ns: Some(trade.publish_ns),
                    trade_id: Some(trade.trade_id),
                    count: 1,
                    price: trade.price,
                    quantity: trade.quantity,
                    // The buyer made, so the taker sold.
                    aggressor: if trade.buyer_is_maker { Side::Sell } else { Side::Buy },
                    kind: &trade.trade_type,
                    is_past: false,
                }));
            }
            StreamKind::BookTicker => {
                let quote = BookTicker::read(&mut envelope.data, symbol)?;
                envelope.close()?;
                take(Update::Quote(update::Quote {
                    symbol: stream.symbol,
                    event_ns: quote.event_ns,
                    publish_ns: quote.publish_ns,
                    update_id: Some(quote.update_id),
                    bid: Some(quote.bid),
                    ask: Some(quote.ask),
                }));
            }
            StreamKind::Depth => {
                let depth = Depth::read(&mut envelope.data, self.dialect, symbol, &mut self.levels)?;
                envelope.close()?;
                take(Update::Book(update::Book {
                    symbol: stream.symbol,
                    event_ns: depth.event_ns,
                    publish_ns: Some(depth.publish_ns),
                    is_snapshot: false,
                    ids: BookIds::Depth(depth.ids),
                    checksum: None,
                    decimals: None,
                    levels: &mut self.levels,
                }));
            }
        }
        Ok(())
    }

    fn read_snapshot(&mut self, symbol: usize, text: &str, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
        let snapshot = Snapshot::parse(text, &self.symbols[symbol], &mut self.levels)?;
        take(Update::Book(update::Book {
            symbol,
            event_ns: snapshot.event_ns,
            publish_ns: snapshot.publish_ns,
            is_snapshot: true,
            ids: BookIds::Rest(snapshot.last_update_id),
            checksum: None,
            decimals: None,
            levels: &mut self.levels,
        }));
        Ok(())
    }

    fn stream_of(&self, text: &str) -> Option<String> {
        let name = Envelope::open(text).ok()?.stream;
        self.streams.get(&name).map(|_| name.into_owned())
    }

    fn fault(error: &ParseError) -> Fault {
        match error {
            ParseError::UnknownStream { .. } => Fault::Foreign,
            _ => Fault::Unreadable,
        }
    }

    fn memory(&self) -> Self::Memory {
        let Self {
            dialect: _,
            symbols: _,
            streams: _,
            levels: _,
        } = self;
    }

    fn remember(&mut self, (): Self::Memory) -> Result<(), OtherConnection> {
        Ok(())
    }
}

/// What is of no stream: a refusal, or what the venue does not document.
#[cold]
fn refused(text: &str, error: ParseError, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
    let refusal = VenueError::parse(text).map_err(|_| error)?;
    take(Update::Refused {
        message: refusal.to_string().into(),
    });
    Ok(())
}
