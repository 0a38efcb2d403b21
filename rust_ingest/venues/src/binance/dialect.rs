//! Everything in which Binance's spot and USD-M futures markets differ.

use crate::book_sequence::DepthRule;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Spot,
    /// Futures margined in USD stablecoins.
    UsdM,
}

impl Dialect {
    pub const ALL: [Self; 2] = [Self::Spot, Self::UsdM];

    /// The name that records bear.
    pub fn venue(self) -> &'static str {
        match self {
            Self::Spot => "binance",
            Self::UsdM => "binance_usdm",
        }
    }

    pub fn of_venue(venue: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.venue() == venue)
    }

    /// The endpoints, the public one first. Spot has the same streams on another port, and a host for market data alone
    /// ("WebSocket Streams", "General WSS information").
    pub fn ws_urls(self) -> &'static [&'static str] {
        match self {
            Self::Spot => &[
                "wss://stream.binance.com:9443",
                "wss://stream.binance.com:443",
                "wss://data-stream.binance.vision",
            ],
            Self::UsdM => &["wss://fstream.binance.com"],
        }
    }

    /// The public REST endpoint, without a path.
    pub fn rest_url(self) -> &'static str {
        match self {
            Self::Spot => "https://api.binance.com",
            Self::UsdM => "https://fapi.binance.com",
        }
    }

    /// What all REST paths start with.
    pub fn rest_prefix(self) -> &'static str {
        match self {
            Self::Spot => "/api/v3",
            Self::UsdM => "/fapi/v1",
        }
    }

    /// The fastest stream of book changes.
    pub fn depth_stream(self) -> &'static str {
        match self {
            Self::Spot => "depth@100ms",
            Self::UsdM => "depth@0ms",
        }
    }

    /// Futures depth events name their predecessor (`pu`).
    pub fn names_previous(self) -> bool {
        self == Self::UsdM
    }

    /// How depth events follow each other.
    pub fn depth_rule(self) -> DepthRule {
        match self {
            Self::Spot => DepthRule::BinanceSpot,
            Self::UsdM => DepthRule::BinanceFutures,
        }
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
        assert_eq!(Dialect::of_venue("kraken"), None);
    }
}
