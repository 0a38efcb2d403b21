//! Everything in which Coinbase's Exchange feed and Advanced Trade differ.
//!
//! Neither has a ping of its own: the WebSocket's is answered, and heartbeats are subscribed to, one a second, as a
//! subscription without updates is closed after 60 to 90 s ("Advanced Trade WebSocket Channels", note on heartbeats).

use std::time::Duration;

use super::connection::Connection;
use super::instruments::{listing_path, listings};
use super::market::Symbol;
use crate::dialect::{self, Listing, ListingRequest, boxed};
use crate::l2_book::L2Book;
use crate::limits::{Limit, Limits};
use crate::streamed_book::{StreamRule, StreamedBook};
use crate::terms::TermsError;
use crate::venue_book::VenueBook;

/// Silence after which a connection that has heartbeats is stale: five of them did not come.
pub const SILENCE_MAX: Duration = Duration::from_secs(5);
/// A connection that has not subscribed by then is closed ("WebSocket Overview", "Subscribe"; "Advanced Trade WebSocket
/// Overview", "Subscribing").
pub const SUBSCRIBE_WITHIN: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `ws-feed.exchange.coinbase.com`, flat messages with a `type`.
    Exchange,
    /// `advanced-trade-ws.coinbase.com`, messages of a `channel` that hold `events`.
    AdvancedTrade,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::Exchange, Self::AdvancedTrade];

    /// Each message of a connection counts one up, whatever its channel: `sequence_num` of "Advanced Trade WebSocket
    /// Overview", "Sequence Numbers". On the Exchange feed only trade ids count without a gap ([`super::market`]).
    pub fn numbers_messages(self) -> bool {
        self == Self::AdvancedTrade
    }
}

impl dialect::Dialect for Dialect {
    type Connection = Connection;

    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn venue(self) -> &'static str {
        match self {
            Self::Exchange => "coinbase",
            Self::AdvancedTrade => "coinbase_advanced",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Exchange => "Exchange feed: BTC-USD",
            Self::AdvancedTrade => "Advanced Trade: BTC-USD",
        }
    }

    fn tick_source(self) -> u8 {
        19
    }

    fn stream_urls(self) -> &'static [&'static str] {
        match self {
            Self::Exchange => &["wss://ws-feed.exchange.coinbase.com"],
            Self::AdvancedTrade => &["wss://advanced-trade-ws.coinbase.com"],
        }
    }

    fn rest_url(self) -> Option<&'static str> {
        Some(match self {
            Self::Exchange => "https://api.exchange.coinbase.com",
            Self::AdvancedTrade => "https://api.coinbase.com",
        })
    }

    /// By IP address: "Exchange WebSocket Rate Limits", "Advanced Trade WebSocket Rate Limits".
    fn limits(self) -> Limits {
        let messages_per_second = match self {
            Self::Exchange => 100,
            Self::AdvancedTrade => 8,
        };
        Limits {
            openings: Limit::per_second(8),
            messages: Some(Limit::per_second(messages_per_second)),
            messages_each: None,
            books: None,
            silence: Some(SILENCE_MAX),
        }
    }

    fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
        vec![ListingRequest::of(listing_path(self), symbols)]
    }

    fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
        listings(self, answer, symbols).map(boxed)
    }

    fn book(self, _symbol: &Symbol) -> VenueBook {
        VenueBook::streamed(StreamedBook::new(StreamRule::Coinbase, L2Book::default()))
    }

    fn connection(self, symbols: Vec<Symbol>) -> Connection {
        Connection::new(self, symbols)
    }
}
