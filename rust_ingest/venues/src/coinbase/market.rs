//! Messages of the market, as both dialects have them. Times are nanoseconds, prices and quantities counts of the
//! symbol's units.
//!
//! The rule for what is missing: trade ids of a product count one up, so that [`crate::sequence::GaplessIds`] judges
//! them, `last_trade_id` of a heartbeat included. `sequence` of the Exchange feed counts all changes of a product, most
//! of which these channels do not show; it only tells which of two messages is newer ("WebSocket Overview", "Sequence
//! Numbers"). Advanced Trade numbers every message of a connection ([`super::frame::Frame::sequence`]). Channels are
//! not ordered against each other.

mod advanced;
mod exchange;

use contracts::Side;

use crate::spread::Spread;
pub use crate::symbols::Symbol;

/// `match` and `last_match`; `market_trades`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// `time`, when it was executed.
    pub event_ns: i64,
    pub trade_id: i64,
    /// Exchange feed only.
    pub sequence: Option<i64>,
    pub price: i64,
    pub quantity: i64,
    /// Who took. The venue's `side` is the maker's ("WebSocket Channels", "Match"; "Advanced Trade WebSocket Channels",
    /// "Market Trades Channel"): this is the other one.
    pub aggressor: Side,
    /// It happened before the subscription: `last_match`, or in the snapshot of `market_trades`.
    pub is_past: bool,
}

/// Best price of a side, with its quantity where the venue tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Best {
    pub price: i64,
    pub quantity: Option<i64>,
}

/// The trade that a ticker of the Exchange feed tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastTrade {
    pub event_ns: i64,
    pub trade_id: i64,
    pub quantity: i64,
    /// `side` as it stands: unlike a match's it is the taker's, on each of the 107 recorded tickers.
    pub aggressor: Side,
}

/// `ticker`: the best prices after a trade. It may leave out trades that follow closely ("WebSocket Channels", "Ticker
/// Channel": cascading matches are batched), so that its ids are no sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticker {
    /// Exchange feed only.
    pub sequence: Option<i64>,
    /// Of the last trade.
    pub price: i64,
    /// None where there was no trade yet, and on Advanced Trade.
    pub last: Option<LastTrade>,
    pub bid: Option<Best>,
    pub ask: Option<Best>,
}

impl Ticker {
    /// How the sides stand to each other; locked and crossed ones are real.
    pub fn spread(&self) -> Option<Spread> {
        Some(Spread::of(self.bid?.price, self.ask?.price))
    }
}

/// `snapshot` and `l2update`; `l2_data`. Its levels stand apart. Each is a level's new quantity, 0 removes it
/// ("WebSocket Channels", "Level2 Channel"; "Advanced Trade WebSocket Channels", "Level2 Channel").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Book {
    /// The newest of its changes; none in a snapshot.
    pub event_ns: Option<i64>,
    pub is_snapshot: bool,
}

/// `heartbeat` of the Exchange feed, once a second for each product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    pub event_ns: i64,
    pub sequence: i64,
    /// Matches up to this one are sent, as far as each channel got: "to verify that no messages were missed" ("WebSocket Channels",
    /// "Heartbeat Channel").
    pub last_trade_id: i64,
}
