//! Everything in which Coinbase's Exchange feed and Advanced Trade differ.
//!
//! Neither has a ping of its own: the WebSocket's is answered, and heartbeats are subscribed to, one a second, as a
//! subscription without updates is closed after 60 to 90 s ("Advanced Trade WebSocket Channels", note on heartbeats).

use std::time::Duration;

/// Silence after which a connection that has heartbeats is stale: five of them did not come.
pub const SILENCE_MAX: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `ws-feed.exchange.coinbase.com`, flat messages with a `type`.
    Exchange,
    /// `advanced-trade-ws.coinbase.com`, messages of a `channel` that hold `events`.
    AdvancedTrade,
}

/// What the venue lets a client do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections opened within a second, by IP address.
    pub connections_per_second: u32,
    /// Messages sent within a second, by IP address.
    pub messages_per_second: u32,
    /// Subscriptions of one account to the same product and channel, over all its connections.
    pub subscriptions_per_product: Option<u32>,
    /// A connection that has not subscribed by then is closed.
    pub subscribe_within: Duration,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::Exchange, Self::AdvancedTrade];

    /// The name that records bear.
    pub fn venue(self) -> &'static str {
        match self {
            Self::Exchange => "coinbase",
            Self::AdvancedTrade => "coinbase_advanced",
        }
    }

    pub fn of_venue(venue: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.venue() == venue)
    }

    /// The public REST endpoint, without a path.
    pub fn rest_url(self) -> &'static str {
        match self {
            Self::Exchange => "https://api.exchange.coinbase.com",
            Self::AdvancedTrade => "https://api.coinbase.com",
        }
    }

    /// "Exchange WebSocket Rate Limits" and "WebSocket Overview", "Subscribe"; "Advanced Trade WebSocket Rate Limits" and
    /// "Advanced Trade WebSocket Overview", "Subscribing".
    pub fn limits(self) -> Limits {
        match self {
            Self::Exchange => Limits {
                connections_per_second: 8,
                messages_per_second: 100,
                subscriptions_per_product: Some(10),
                subscribe_within: Duration::from_secs(5),
            },
            Self::AdvancedTrade => Limits {
                connections_per_second: 8,
                messages_per_second: 8,
                subscriptions_per_product: None,
                subscribe_within: Duration::from_secs(5),
            },
        }
    }

    /// Each message of a connection counts one up, whatever its channel: `sequence_num` of "Advanced Trade WebSocket
    /// Overview", "Sequence Numbers". On the Exchange feed only trade ids count without a gap ([`super::market`]).
    pub fn numbers_messages(self) -> bool {
        self == Self::AdvancedTrade
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
