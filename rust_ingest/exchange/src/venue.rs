//! The two venues whose dialect is spoken, and where they differ in plain facts.

use std::time::Duration;

use clap::ValueEnum;

use crate::fixed::Fixed;

/// A venue of Binance's family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Venue {
    /// Spot: `/api/v3`, update ids without holes.
    #[value(name = "binance")]
    Spot,
    /// USD-M futures: `/fapi/v1`, events chained by `pu`.
    #[value(name = "binance_usdm")]
    UsdM,
}

impl Venue {
    /// The name it has in this project's records.
    pub fn name(self) -> &'static str {
        match self {
            Venue::Spot => "binance",
            Venue::UsdM => "binance_usdm",
        }
    }

    /// The diff-depth stream that its recorders subscribe to: the fastest.
    pub fn depth_stream_suffix(self) -> &'static str {
        match self {
            Venue::Spot => "depth@100ms",
            Venue::UsdM => "depth@0ms",
        }
    }

    /// How often the server pings: "every 20 seconds" (spot), "every 3 minutes" (futures).
    pub fn ping_every(self) -> Duration {
        match self {
            Venue::Spot => Duration::from_secs(20),
            Venue::UsdM => Duration::from_secs(180),
        }
    }

    /// A connection that leaves a ping unanswered for so long is closed: a minute (spot), ten (futures).
    pub fn pong_within(self) -> Duration {
        match self {
            Venue::Spot => Duration::from_secs(60),
            Venue::UsdM => Duration::from_secs(600),
        }
    }

    /// `limit` of a depth snapshot when the request has none.
    pub fn default_depth_limit(self) -> usize {
        match self {
            Venue::Spot => 100,
            Venue::UsdM => 500,
        }
    }

    /// Fee of an order that rested: the venues' first tier.
    pub fn default_maker_fee(self) -> Fixed {
        match self {
            Venue::Spot => Fixed(100_000),
            Venue::UsdM => Fixed(20_000),
        }
    }

    /// Fee of an order that took: the venues' first tier.
    pub fn default_taker_fee(self) -> Fixed {
        match self {
            Venue::Spot => Fixed(100_000),
            Venue::UsdM => Fixed(50_000),
        }
    }
}
