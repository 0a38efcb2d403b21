//! Everything in which Kraken's WebSocket v1 and v2 differ, apart from how messages are written.

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

    /// The name that records bear: one market, whichever way it is read.
    pub fn venue(self) -> &'static str {
        "kraken"
    }

    /// The public REST endpoint, without a path.
    pub fn rest_url(self) -> &'static str {
        "https://api.kraken.com"
    }

    /// The channel of best prices: v1 has `spread`, v2 a `ticker` that is sent with each change of them.
    pub fn quote_channel(self) -> &'static str {
        match self {
            Self::V1 => "spread",
            Self::V2 => "ticker",
        }
    }

    /// v2 numbers trades; v1 does not, so that there a lost one cannot be noticed by its id.
    pub fn numbers_trades(self) -> bool {
        self == Self::V2
    }
}
