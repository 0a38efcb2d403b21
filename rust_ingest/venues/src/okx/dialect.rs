//! Where OKX's production and demo services differ, and what both let a client do.
//!
//! Rules are those of the API guide, <https://www.okx.com/docs-v5/en/>, "WebSocket": "Connect", "Subscribe" and
//! "Notification".

use std::time::Duration;

use crate::streamed_book::StreamRule;
use crate::symbols::Symbol;

/// What a client sends when it has heard nothing for [`PING_AFTER`]; text, not a frame of the WebSocket's own.
pub const PING: &str = "ping";
/// What the venue answers. If nothing comes within [`PING_AFTER`] again, the connection is stale.
pub const PONG: &str = "pong";
/// Below the 30 s after which the venue closes a connection that it has pushed nothing to.
pub const PING_AFTER: Duration = Duration::from_secs(20);

/// A connection that has not subscribed by then is closed.
pub const SUBSCRIBE_WITHIN: Duration = Duration::from_secs(30);
/// Connections opened within a second, by IP address.
pub const CONNECTIONS_PER_SECOND: u32 = 3;
/// Requests to subscribe, unsubscribe or log in that a connection may send within an hour.
pub const REQUESTS_PER_HOUR: u32 = 480;
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

    /// The name that records bear.
    pub fn venue(self) -> &'static str {
        match self {
            Self::Production => "okx",
            Self::Demo => "okx_demo",
        }
    }

    pub fn of_venue(venue: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.venue() == venue)
    }

    /// The public REST endpoint, without a path.
    pub fn rest_url(self) -> &'static str {
        "https://www.okx.com"
    }

    /// A header that each REST request bears.
    pub fn rest_header(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Production => None,
            Self::Demo => Some(("x-simulated-trading", "1")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_venue_has_a_dialect() {
        for dialect in Dialect::ALL {
            assert_eq!(Dialect::of_venue(dialect.venue()), Some(dialect));
        }
        assert_eq!(Dialect::of_venue("binance"), None);
    }
}
