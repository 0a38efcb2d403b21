//! Everything in which Binance's spot and USD-M futures markets differ.

use super::book::DepthIds;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Spot,
    /// Futures margined in USD stablecoins.
    UsdM,
}

/// How a depth event stands to a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// The snapshot holds all of it.
    Old,
    /// The first event to apply on top of the snapshot.
    Joins,
    /// Events between the snapshot and this one are missing: the snapshot is too old.
    TooLate,
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

    /// The public WebSocket endpoint, without a path.
    pub fn ws_url(self) -> &'static str {
        match self {
            Self::Spot => "wss://stream.binance.com:9443",
            Self::UsdM => "wss://fstream.binance.com",
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

    /// Spot: `U` is the previous `u` + 1. Futures: `U` jumps, `pu` is the previous `u`.
    #[inline]
    pub fn follows(self, last_final: i64, ids: DepthIds) -> bool {
        match self {
            Self::Spot => ids.first - last_final == 1,
            Self::UsdM => ids.previous_final == Some(last_final),
        }
    }

    /// Spot: `U <= lastUpdateId + 1 <= u`. Futures: `U <= lastUpdateId <= u`; as ids jump there, an event whose
    /// predecessor the snapshot holds (`pu <= lastUpdateId`) leaves nothing out either.
    pub fn join(self, snapshot_id: i64, ids: DepthIds) -> Join {
        let (old, reaches_back) = match self {
            Self::Spot => (ids.last <= snapshot_id, ids.first <= snapshot_id + 1),
            Self::UsdM => (
                ids.last < snapshot_id,
                ids.previous_final.unwrap_or(ids.first).min(ids.first) <= snapshot_id,
            ),
        };
        match (old, reaches_back) {
            (true, _) => Join::Old,
            (false, true) => Join::Joins,
            (false, false) => Join::TooLate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(first: i64, last: i64, previous_final: Option<i64>) -> DepthIds {
        DepthIds {
            first,
            last,
            previous_final,
        }
    }

    #[test]
    fn spot_joins_where_the_next_id_is() {
        let join = |first, last| Dialect::Spot.join(100, ids(first, last, None));
        assert_eq!(join(90, 100), Join::Old);
        assert_eq!(join(90, 101), Join::Joins);
        assert_eq!(join(101, 101), Join::Joins);
        assert_eq!(join(102, 110), Join::TooLate);
    }

    #[test]
    fn futures_join_where_the_last_id_is() {
        let join = |first, last, previous| Dialect::UsdM.join(100, ids(first, last, Some(previous)));
        assert_eq!(join(90, 99, 80), Join::Old);
        assert_eq!(join(90, 100, 80), Join::Joins);
        assert_eq!(join(100, 120, 95), Join::Joins);
        assert_eq!(join(105, 120, 100), Join::Joins);
        assert_eq!(join(105, 120, 101), Join::TooLate);
    }

    #[test]
    fn each_venue_has_a_dialect() {
        for dialect in Dialect::ALL {
            assert_eq!(Dialect::of_venue(dialect.venue()), Some(dialect));
        }
        assert_eq!(Dialect::of_venue("kraken"), None);
    }
}
