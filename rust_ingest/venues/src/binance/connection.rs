//! Binance in the words of all venues.

use super::ParseError;
use super::dialect::Dialect;
use super::envelope::Envelope;
use super::instruments::{Listing, listing_path, listings};
use super::market::{BookTicker, Depth, Symbol, Trade};
use super::rest::{Snapshot, snapshot_path};
use super::streams::{StreamKind, Streams};
use crate::dialect::{self, Fault, ListingRequest, Opening, boxed};
use crate::fixed::Scale;
use crate::l2_book::Levels;
use crate::synced_book::SyncedBook;
use crate::terms::{Terms, TermsError};
use crate::update::{self, BookIds, Update};
use crate::venue_book::VenueBook;
use contracts::Side;

/// The path names all streams, so that nothing is asked for once it is open.
#[derive(Debug)]
pub struct Connection {
    dialect: Dialect,
    symbols: Vec<Symbol>,
    streams: Streams,
    levels: Levels,
}

impl dialect::Dialect for Dialect {
    type Connection = Connection;

    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn name(self) -> &'static str {
        self.venue()
    }

    fn venue(self) -> &'static str {
        Self::venue(self)
    }

    fn ws_urls(self) -> &'static [&'static str] {
        Self::ws_urls(self)
    }

    fn rest_url(self) -> &'static str {
        Self::rest_url(self)
    }

    fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
        vec![ListingRequest::of(listing_path(self, symbols), symbols)]
    }

    fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn dialect::Listing>>, TermsError> {
        listings(answer, symbols).map(boxed)
    }

    fn snapshot_path(self, symbol: &str) -> Option<String> {
        Some(snapshot_path(self, symbol))
    }

    fn book(self, _symbol: &Symbol) -> VenueBook {
        VenueBook::Synced(SyncedBook::new(self.depth_rule()))
    }

    fn numbers_everything(self) -> bool {
        true
    }

    fn connection(self, symbols: Vec<Symbol>) -> Connection {
        let names: Vec<&str> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
        Connection {
            dialect: self,
            streams: Streams::of(self, &names),
            symbols,
            levels: Levels::default(),
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;

    fn opening(&self) -> Opening {
        Opening {
            path: self.streams.path(),
            messages: Vec::new(),
        }
    }

    /// Ids count on across connections: what is missing shows in them.
    fn opened(&mut self) {}

    #[inline]
    fn read(&mut self, text: &str, mut take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
        let mut envelope = Envelope::open(text)?;
        let Some(stream) = self.streams.get(&envelope.stream) else {
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

    /// The book is asked for by REST.
    fn fresh_book(&self, _symbol: usize) -> Vec<String> {
        Vec::new()
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
}

impl dialect::Listing for Listing {
    fn symbol(&self) -> &str {
        Self::symbol(self)
    }

    fn instrument(&self) -> Result<String, TermsError> {
        Ok(Self::instrument(self))
    }

    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        Self::terms(self, price, quantity)
    }
}
