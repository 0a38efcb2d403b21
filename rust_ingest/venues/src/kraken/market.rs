//! Market messages. Times are nanoseconds, prices and quantities counts of the symbol's units.

pub(super) mod v1;
pub(super) mod v2;

use contracts::Side;

use crate::l2_book::{KrakenDecimals, Level, Levels};
use crate::spread::Spread;
pub use crate::symbols::Symbol;

/// What the taker sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderType {
    Limit,
    Market,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trade {
    /// Which of the connection's symbols.
    pub symbol: usize,
    pub event_ns: i64,
    /// v2 only: counts without a gap per symbol.
    pub trade_id: Option<i64>,
    pub price: i64,
    pub quantity: i64,
    pub aggressor: Side,
    pub order_type: OrderType,
}

/// Best prices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quote {
    pub symbol: usize,
    /// v1 `spread` has it, v1 `ticker` has not, v2 `ticker` since 2025: the message's.
    pub event_ns: Option<i64>,
    pub bid: Level,
    pub ask: Level,
    pub spread: Spread,
}

/// A snapshot of a book, or its changes; the levels stand apart, in [`Buffers::levels`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Book {
    pub symbol: usize,
    pub is_snapshot: bool,
    /// v1: of the newest level. v2: of the message.
    pub event_ns: Option<i64>,
    /// Of the best ten levels after this message; v1 has none with snapshots.
    pub checksum: Option<u32>,
    /// The most decimals that a level of this message is written with.
    pub decimals: Option<KrakenDecimals>,
}

/// What a message holds many of, in memory that is used again.
#[derive(Clone, Debug, Default)]
pub struct Buffers {
    pub trades: Vec<Trade>,
    pub levels: Levels,
}

impl Buffers {
    pub(super) fn clear(&mut self) {
        self.trades.clear();
        self.levels.clear();
    }
}
