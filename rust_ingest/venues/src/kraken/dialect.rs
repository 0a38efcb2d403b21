//! Everything in which Kraken's WebSocket v1 and v2 differ, apart from how messages are written.

use std::time::Duration;

use super::connection::Connection;
use super::instruments::{Listed, listing_path, listings_of, one_name};
use super::market::Symbol;
use super::streams::{CONNECTIONS_PER_10_MINUTES_MAX, SILENCE_MAX, ping};
use crate::dialect::{self, Listing, ListingRequest, Probe, QuoteTimes, boxed};
use crate::limits::{Limit, Limits};
use crate::proven_book::ProvenBook;
use crate::terms::TermsError;
use crate::venue_book::VenueBook;

/// The deepest book that there is.
pub(super) const BOOK_DEPTH: u32 = 1_000;

/// A version of the API. Both show the same market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Arrays with quoted decimals, times in seconds, `XBT/USD`; no trade ids. Frozen by the venue.
    V1,
    /// Objects with plain numbers, RFC 3339 times, `BTC/USD`; trade ids.
    V2,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::V1, Self::V2];

    /// The channel of best prices: v1 has `spread`, v2 a `ticker` that is sent with each change of them.
    pub fn quote_channel(self) -> &'static str {
        match self {
            Self::V1 => "spread",
            Self::V2 => "ticker",
        }
    }
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

    /// One market, whichever way it is read.
    fn venue(self) -> &'static str {
        "kraken"
    }

    fn about(self) -> &'static str {
        match self {
            Self::V1 => "WebSocket v1: XBT/USD",
            Self::V2 => "WebSocket v2: BTC/USD",
        }
    }

    fn tick_source(self) -> u8 {
        20
    }

    /// The path tells the version. The second has the same engine and newer software ("Connection Details", "Beta").
    fn stream_urls(self) -> &'static [&'static str] {
        &["wss://ws.kraken.com", "wss://beta-ws.kraken.com"]
    }

    fn rest_url(self) -> Option<&'static str> {
        Some("https://api.kraken.com")
    }

    fn limits(self) -> Limits {
        Limits {
            openings: Limit {
                times: CONNECTIONS_PER_10_MINUTES_MAX,
                within: Duration::from_secs(600),
            },
            messages: None,
            messages_each: None,
            books: None,
            silence: Some(SILENCE_MAX),
        }
    }

    fn one_name(self, symbol: &str) -> String {
        one_name(symbol)
    }

    /// v1's `spread` tells when the best prices came to be, and never when it was sent. v2's `ticker` has one time for both, or none. v1 counts
    /// the trades that v2 numbers.
    fn wrote_quote(self, times: QuoteTimes) -> bool {
        let is_of_v1 = times.event && !times.publish;
        is_of_v1 == (self == Self::V1)
    }

    fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
        vec![ListingRequest::of(listing_path(), symbols)]
    }

    fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
        let listed = |listing| Listed { dialect: self, listing };
        let listings = listings_of(self, answer, symbols)?;
        Ok(boxed(listings.into_iter().map(listed).collect()))
    }

    fn book(self, symbol: &Symbol) -> VenueBook {
        VenueBook::Proven(ProvenBook::new(symbol, BOOK_DEPTH))
    }

    fn connection(self, symbols: Vec<Symbol>) -> Connection {
        Connection::new(self, symbols)
    }

    /// A heartbeat comes each second; this asks before a silent connection is given up.
    fn probe(self) -> Probe {
        Probe::Text {
            after: SILENCE_MAX / 2,
            text: ping(self, 0),
        }
    }
}
