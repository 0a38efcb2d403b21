//! Kraken in the words of all venues.

use super::ParseError;
use super::book::ProvenBook;
use super::dialect::Dialect;
use super::envelope::{self, Message};
use super::instruments::{Listing, listing_path, listings_of};
use super::market::{Buffers, OrderType, Symbol};
use super::status::{Answer, Outcome};
use super::streams::{SILENCE_NS_MAX, Streams, ping};
use crate::dialect::{self, Fault, ListingRequest, Opening, Probe, boxed};
use crate::fixed::Scale;
use crate::l2_book::KrakenDecimals;
use crate::symbols::Symbols;
use crate::terms::{Terms, TermsError};
use crate::update::{self, Beat, BookIds, Update};
use crate::venue_book::VenueBook;

/// The deepest book that there is.
const BOOK_DEPTH: u32 = 1_000;
/// Asks there reach 9,999,999,997, which 64 bits hold in units of 1e-8 but not of 1e-9.
const PRICE_DECIMALS_MIN: i32 = 8;

#[derive(Debug)]
pub struct Connection {
    streams: Streams,
    buffers: Buffers,
}

impl dialect::Dialect for Dialect {
    type Connection = Connection;

    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn name(self) -> &'static str {
        match self {
            Self::V1 => "kraken",
            Self::V2 => "kraken_v2",
        }
    }

    fn venue(self) -> &'static str {
        Self::venue(self)
    }

    /// The second has the same engine and newer software ("Connection Details", "Beta").
    fn ws_urls(self) -> &'static [&'static str] {
        // The path tells the version.
        &["wss://ws.kraken.com", "wss://beta-ws.kraken.com"]
    }

    fn rest_url(self) -> &'static str {
        Self::rest_url(self)
    }

    fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
        vec![ListingRequest::of(listing_path(), symbols)]
    }

    fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn dialect::Listing>>, TermsError> {
        let listed = |listing| Listed { dialect: self, listing };
        let listings = listings_of(self, answer, symbols)?;
        Ok(boxed(listings.into_iter().map(listed).collect()))
    }

    /// The stream brings it.
    fn snapshot_path(self, _symbol: &str) -> Option<String> {
        None
    }

    fn book(self, symbol: &Symbol) -> VenueBook {
        VenueBook::Proven(ProvenBook::new(symbol, BOOK_DEPTH))
    }

    fn connection(self, symbols: Vec<Symbol>) -> Connection {
        Connection {
            streams: Streams::with(self, Symbols::new(symbols), BOOK_DEPTH),
            buffers: Buffers::default(),
        }
    }

    /// A heartbeat comes each second; this asks before a silent connection is given up.
    fn probe(self) -> Probe {
        Probe::Text {
            after: std::time::Duration::from_nanos(SILENCE_NS_MAX.unsigned_abs() / 2),
            text: ping(self, 0),
        }
    }
}

impl dialect::Connection for Connection {
    type Error = ParseError;

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

    /// No message has a number.
    fn opened(&mut self) {}

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
                publish_ns: None,
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
            })),
            Message::Pong { .. } => take(Update::Pong),
            Message::Status(status) => take(Update::Status {
                message: format!("the engine is {:?}", status.system).into(),
            }),
            Message::Answer(answer) => take(answered(answer)),
            Message::Error { message, .. } => take(Update::Refused { message }),
            // Not asked for here: terms come by REST.
            Message::Instruments => take(Update::Confirmed),
        }
        Ok(())
    }

    fn read_snapshot(&mut self, _symbol: usize, _text: &str, _take: impl FnMut(Update<'_>)) -> Result<(), ParseError> {
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

/// A pair by the names and with the decimals of one version of the API.
struct Listed {
    dialect: Dialect,
    listing: Listing,
}

impl dialect::Listing for Listed {
    fn symbol(&self) -> &str {
        &self.listing.symbol
    }

    fn instrument(&self) -> Result<String, TermsError> {
        let (base, quote) = self.listing.pair()?;
        Ok(format!("{base}-{quote}"))
    }

    fn exponents(&self) -> (i8, i8) {
        let KrakenDecimals { price, quantity } = self.listing.decimals;
        let exponent = |decimals: i32| i8::try_from(-decimals).unwrap_or(-9);
        (exponent(price.max(PRICE_DECIMALS_MIN)), exponent(quantity))
    }

    fn decimals(&self) -> Option<KrakenDecimals> {
        // v1 writes more than the list says, and its messages say how many.
        (self.dialect == Dialect::V2).then_some(self.listing.decimals)
    }

    fn terms(&self, price: Scale, quantity: Scale) -> Result<Terms, TermsError> {
        self.listing.terms(price, quantity)
    }
}
