//! Everything in which Binance's spot, USD-M and COIN-M markets differ.

use std::time::Duration;

use super::connection::Connection;
use super::instruments::{listing_path, listings};
use super::market::Symbol;
use super::rest::snapshot_path;
use crate::book_sequence::DepthRule;
use crate::dialect::{self, Listing, ListingRequest, boxed};
use crate::limits::{Limit, Limits};
use crate::synced_book::SyncedBook;
use crate::terms::TermsError;
use crate::venue_book::VenueBook;

/// "There is a limit of 300 connections per attempt every 5 minutes per IP" ("Websocket Market Streams").
const OPENINGS: Limit = Limit {
    times: 300,
    within: Duration::from_secs(300),
};
/// A book of 1,000 levels weighs 50 of the 6,000 that an address may ask of spot a minute ("Order book"; "Limits"), and 20 of 2,400 on
/// futures ("Order Book", "General Info"): 120 either way. What is left is for terms, orders, and other programs of the address.
const BOOKS: Limit = Limit {
    times: 100,
    within: Duration::from_secs(60),
};
/// There are no heartbeats: a ping is answered within that.
const SILENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Spot,
    /// Futures margined in USD stablecoins.
    UsdM,
    /// Futures margined in the base currency; their quantities count contracts of so many USD.
    CoinM,
}

impl Dialect {
    pub const ALL: [Self; 3] = [Self::Spot, Self::UsdM, Self::CoinM];

    /// What all REST paths start with.
    pub fn rest_prefix(self) -> &'static str {
        match self {
            Self::Spot => "/api/v3",
            Self::UsdM => "/fapi/v1",
            Self::CoinM => "/dapi/v1",
        }
    }

    /// How symbols are written there.
    pub fn example(self) -> &'static str {
        match self {
            Self::Spot => "BTCUSDT",
            Self::UsdM => "BTCUSDT, BTCUSDT_250328",
            Self::CoinM => "BTCUSD_PERP, BTCUSD_250328",
        }
    }

    /// The fastest stream of book changes.
    pub fn depth_stream(self) -> &'static str {
        match self {
            Self::Spot => "depth@100ms",
            Self::UsdM | Self::CoinM => "depth@0ms",
        }
    }

    /// Futures depth events name their predecessor (`pu`).
    pub fn names_previous(self) -> bool {
        self != Self::Spot
    }

    /// How depth events follow each other.
    pub fn depth_rule(self) -> DepthRule {
        match self {
            Self::Spot => DepthRule::BinanceSpot,
            Self::UsdM | Self::CoinM => DepthRule::BinanceFutures,
        }
    }
}

impl dialect::Dialect for Dialect {
    type Connection = Connection;

    fn all() -> &'static [Self] {
        &Self::ALL
    }

    fn venue(self) -> &'static str {
        match self {
            Self::Spot => "binance",
            Self::UsdM => "binance_usdm",
            Self::CoinM => "binance_coinm",
        }
    }

    fn about(self) -> &'static str {
        match self {
            Self::Spot => "spot: BTCUSDT",
            Self::UsdM => "futures margined in USD: BTCUSDT, BTCUSDT_250328",
            Self::CoinM => "futures margined in the coin: BTCUSD_PERP, BTCUSD_250328",
        }
    }

    fn tick_source(self) -> u8 {
        match self {
            Self::Spot => 16,
            Self::UsdM => 17,
            Self::CoinM => 18,
        }
    }

    /// Spot has the same streams on another port, and a host for market data alone ("WebSocket Streams", "General WSS
    /// information"). USD-M has routes since 2026-04-23, and depth on this one alone ("Important WebSocket Change Notice"); trades, which that page
    /// does not name, come by it too.
    fn stream_urls(self) -> &'static [&'static str] {
        match self {
            Self::Spot => &[
                "wss://stream.binance.com:9443",
                "wss://stream.binance.com:443",
                "wss://data-stream.binance.vision",
            ],
            Self::UsdM => &["wss://fstream.binance.com/public"],
            Self::CoinM => &["wss://dstream.binance.com"],
        }
    }

    fn rest_url(self) -> Option<&'static str> {
        Some(match self {
            Self::Spot => "https://api.binance.com",
            Self::UsdM => "https://fapi.binance.com",
            Self::CoinM => "https://dapi.binance.com",
        })
    }

    fn limits(self) -> Limits {
        Limits {
            openings: OPENINGS,
            messages: None,
            messages_each: None,
            books: Some(BOOKS),
            silence: Some(SILENCE),
        }
    }

    fn listing_requests(self, symbols: &[&str]) -> Vec<ListingRequest> {
        vec![ListingRequest::of(listing_path(self, symbols), symbols)]
    }

    fn listings(self, answer: &[u8], symbols: &[&str]) -> Result<Vec<Box<dyn Listing>>, TermsError> {
        listings(self, answer, symbols).map(boxed)
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
        Connection::new(self, symbols)
    }
}
