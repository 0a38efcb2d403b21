//! Where OKX's production and demo services differ, and what both let a client do.
//!
//! Rules are those of the API guide, <https://www.okx.com/docs-v5/en/>, "WebSocket": "Connect", "Subscribe" and
//! "Notification".

use std::time::Duration;

use super::connection::Connection;
use super::instruments::{kind_of, listing_path, listings};
use crate::dialect::{self, Listing, ListingRequest, Probe, boxed};
use crate::l2_book::L2Book;
use crate::limits::{Limit, Limits};
use crate::streamed_book::{StreamRule, StreamedBook};
use crate::symbols::Symbol;
use crate::terms::TermsError;
use crate::venue_book::VenueBook;

/// What a client sends when it has heard nothing for [`PING_AFTER`]; text, not a frame of the WebSocket's own.
pub const PING: &str = "ping";
/// What the venue answers. If nothing comes within [`PING_AFTER`] again, the connection is stale.
pub const PONG: &str = "pong";
/// Below the 30 s after which the venue closes a connection that it has pushed nothing to.
pub const PING_AFTER: Duration = Duration::from_secs(20);

/// Connections opened within a second, by IP address.
pub const CONNECTIONS_PER_SECOND: u32 = 3;
/// Requests to subscribe, unsubscribe or log in that a connection may send within an hour.
pub const REQUESTS: Limit = Limit {
    times: 480,
    within: Duration::from_secs(3_600),
};
/// The channels of one request are at most this long.
pub const REQUEST_BYTES_MAX: usize = 64 * 1_024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Production,
    /// Simulated trading ("Demo Trading Services"), with markets of its own.
    Demo,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::Production, Self::Demo];
}

impl dialect::Dialect for Dialect {
    type Connection = Connection;

    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn venue(self) -> &'static str {
        match self {
            Self::Production => "okx",
            Self::Demo => "okx_demo",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Production => "spot and futures: BTC-USDT, BTC-USDT-SWAP",
            Self::Demo => "simulated trading: BTC-USDT",
        }
    }

    fn tick_source(self) -> u8 {
        21
    }

    fn stream_urls(self) -> &'static [&'static str] {
        match self {
            Self::Production => &["wss://ws.okx.com:8443"],
            Self::Demo => &["wss://wspap.okx.com:8443"],
        }
    }

    fn rest_url(self) -> Option<&'static str> {
        Some("https://www.okx.com")
    }

    fn rest_header(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Production => None,
            Self::Demo => Some(("x-simulated-trading", "1")),
        }
    }

    fn limits(self) -> Limits {
        Limits {
            openings: Limit::per_second(CONNECTIONS_PER_SECOND),
            messages: None,
            messages_each: Some(REQUESTS),
            books: None,
            silence: Some(2 * PING_AFTER),
        }
    }

    /// Each kind of instrument has a list of its own.
    fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
        let request = |kind: &str| {
            let of_kind: Vec<&str> = symbols
                .iter()
                .copied()
                .filter(|symbol| kind_of(symbol) == kind)
                .collect();
            (!of_kind.is_empty()).then(|| ListingRequest::of(listing_path(kind), &of_kind))
        };
        ["SPOT", "SWAP", "FUTURES"].into_iter().filter_map(request).collect()
    }

    fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
        listings(answer, symbols).map(boxed)
    }

    fn book(self, symbol: &Symbol) -> VenueBook {
        VenueBook::streamed(StreamedBook::new(book_rule(symbol), L2Book::default()))
    }

    fn connection(self, symbols: Vec<Symbol>) -> Connection {
        Connection::new(symbols)
    }

    fn numbers_everything(self) -> bool {
        true
    }

    fn probe(self) -> Probe {
        Probe::Text {
            after: PING_AFTER,
            text: PING.to_owned(),
        }
    }
}

/// How a symbol's book is proven.
pub fn book_rule(symbol: &Symbol) -> StreamRule {
    let (price, quantity) = (symbol.price.exponent(), symbol.quantity.exponent());
    StreamRule::Okx {
        scale: kernels::Scale::new(i32::from(price), i32::from(quantity)),
    }
}
