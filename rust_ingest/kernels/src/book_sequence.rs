//! How a venue's messages follow each other, so that a missing one is noticed.
//!
//! | venue | rule |
//! |---|---|
//! | Binance spot | `U` is the previous `u` + 1; the first event on a snapshot: `U <= lastUpdateId + 1 <= u` |
//! | Binance futures | `pu` is the previous `u`, `U` jumps; the first event on a snapshot: `U <= lastUpdateId <= u` |
//! | OKX | `prevSeqId` is the previous `seqId`, whichever is larger; -1 with a snapshot |
//! | Kraken | none: the checksum of each update |
//! | Coinbase level2 | none: each change is a level's new size, and a lost connection begins anew with a snapshot |
//! | `market.ticks` | a `Gap` stands before what does not follow; books without numbers have been given some |

use serde::{Deserialize, Serialize};

/// The update ids of a Binance depth event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepthIds {
    /// `U`.
    pub first: i64,
    /// `u`.
    pub last: i64,
    /// `pu`, futures only: the `u` of the event before.
    pub previous_final: Option<i64>,
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

/// How depth events follow each other, and join a snapshot of REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DepthRule {
    /// <https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams>, "How to manage a local order
    /// book correctly".
    BinanceSpot,
    /// USD-M and COIN-M:
    /// <https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams>, "How to manage
    /// a local order book correctly".
    BinanceFutures,
    /// Of `market.ticks`, whatever the venue: the log has a `Gap` before what does not follow, after which the reader
    /// disconnects.
    Logged,
}

impl DepthRule {
    pub const ALL: [Self; 3] = [Self::BinanceSpot, Self::BinanceFutures, Self::Logged];

    /// The name that snapshots bear.
    pub fn name(self) -> &'static str {
        match self {
            Self::BinanceSpot => "binance_spot",
            Self::BinanceFutures => "binance_futures",
            Self::Logged => "logged",
        }
    }

    /// Whether an event is the next one after the event that ended with update `last_final`.
    #[inline]
    pub fn follows(self, last_final: i64, ids: DepthIds) -> bool {
        match self {
            Self::BinanceSpot => ids.first.checked_sub(last_final) == Some(1),
            Self::BinanceFutures => ids.previous_final == Some(last_final),
            Self::Logged => true,
        }
    }

    /// How an event stands to a snapshot. As ids jump on futures, there an event whose predecessor the snapshot holds
    /// (`pu <= lastUpdateId`) leaves nothing out either. In the log events that name the one before go by the rule of
    /// futures, the others by that of spot.
    pub fn join(self, snapshot_id: i64, ids: DepthIds) -> Join {
        let (old, reaches_back) = match (self, ids.previous_final) {
            (Self::BinanceSpot, _) | (Self::Logged, None) => {
                (ids.last <= snapshot_id, ids.first.saturating_sub(1) <= snapshot_id)
            }
            (Self::BinanceFutures, _) | (Self::Logged, Some(_)) => (
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

/// The sequence numbers of an OKX message. A message without levels, which OKX sends to show that it is alive, has the
/// same number twice; after maintenance the new one may be smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeqIds {
    /// `prevSeqId`, -1 with a snapshot.
    pub previous: i64,
    /// `seqId`.
    pub last: i64,
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
        let join = |first, last| DepthRule::BinanceSpot.join(100, ids(first, last, None));
        assert_eq!(join(90, 100), Join::Old);
        assert_eq!(join(90, 101), Join::Joins);
        assert_eq!(join(101, 101), Join::Joins);
        assert_eq!(join(102, 110), Join::TooLate);
    }

    #[test]
    fn futures_join_where_the_last_id_is() {
        let join = |first, last, previous| DepthRule::BinanceFutures.join(100, ids(first, last, Some(previous)));
        assert_eq!(join(90, 99, 80), Join::Old);
        assert_eq!(join(90, 100, 80), Join::Joins);
        assert_eq!(join(100, 120, 95), Join::Joins);
        assert_eq!(join(105, 120, 100), Join::Joins);
        assert_eq!(join(105, 120, 101), Join::TooLate);
    }
}
