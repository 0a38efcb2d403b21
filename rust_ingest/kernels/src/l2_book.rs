//! A book of price levels: loaded from a snapshot, changed by deltas.

use contracts::{Kind, L2BookState, Record, SchemaIds, encode};
use serde::{Deserialize, Serialize};

pub use crate::book_checksum::KrakenDecimals;
pub use crate::book_error::BookError;
pub use crate::book_measures::Sweep;
/// A price level, as records hold it. In a delta, quantity 0 removes it.
pub use contracts::Level;

use crate::book_side::BookSide;
use crate::scale::Scale;
use crate::snapshot::{open, same};
use crate::{RestoreError, book_checksum, book_measures, level_pairs};

/// The levels of a snapshot, or the changed levels of a delta, in the venue's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Levels {
    #[serde(with = "level_pairs")]
    pub bids: Vec<Level>,
    #[serde(with = "level_pairs")]
    pub asks: Vec<Level>,
}

impl Levels {
    /// Empties both sides and keeps their memory.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }

    /// What comes from outside is checked once, before a book takes it; venue parsers refuse negative amounts themselves.
    ///
    /// # Errors
    /// A quantity is negative.
    pub fn check(&self) -> Result<(), BookError> {
        let all = self.bids.iter().chain(&self.asks);
        all.into_iter().try_for_each(check)
    }
}

/// As [`Levels::check`], of one level.
///
/// # Errors
/// The quantity is negative.
pub fn check(level: &Level) -> Result<(), BookError> {
    let Level { price, quantity } = *level;
    match quantity >= 0 {
        true => Ok(()),
        false => Err(BookError::Quantity { price, quantity }),
    }
}

/// Best level of each side, where the side has any.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Top {
    pub bid: Option<Level>,
    pub ask: Option<Level>,
}

/// What rests on each side, in quantity units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    pub bid_quantity: i128,
    pub ask_quantity: i128,
}

/// How fast each side adds up away from the mid, in quantity units per price unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DepthSlopes {
    pub bid: f64,
    pub ask: f64,
}

/// A book in which quantity 0 removes a level. Quantities are not negative ([`Levels::check`]).
///
/// Locked and crossed books are real, and are left as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct L2Book {
    /// Levels kept on each side.
    depth_max: Option<i32>,
    bids: BookSide<true>,
    asks: BookSide<false>,
}

impl L2Book {
    /// A book of which `depth_max` levels a side are subscribed. After each message it is cut to them, as the venue does
    /// not say what becomes of levels further out. The default is a whole book.
    ///
    /// # Errors
    /// The depth is not positive, or past 31 bits.
    pub fn limited(depth_max: i64) -> Result<Self, BookError> {
        match i32::try_from(depth_max) {
            Ok(depth) if depth > 0 => Ok(Self {
                depth_max: Some(depth),
                ..Self::default()
            }),
            _ => Err(BookError::Depth { depth: depth_max }),
        }
    }

    /// How many levels a side are kept; `None` for all.
    pub fn depth_max(&self) -> Option<i32> {
        self.depth_max
    }

    /// Levels on both sides.
    pub fn len(&self) -> usize {
        self.bids.len() + self.asks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything and starts from a snapshot, whose levels may come in any order.
    pub fn load(&mut self, snapshot: &Levels) {
        self.bids.load(&snapshot.bids);
        self.asks.load(&snapshot.asks);
        self.truncate();
    }

    /// Sets each level to its new quantity, in order. Removing a level that is not there is normal: it lay outside the
    /// snapshot.
    pub fn apply(&mut self, delta: &Levels) {
        for level in &delta.bids {
            self.bids.set(level.price, level.quantity);
        }
        for level in &delta.asks {
            self.asks.set(level.price, level.quantity);
        }
        self.truncate();
    }

    /// `apply` of one bid.
    #[inline]
    pub fn set_bid(&mut self, price: i64, quantity: i64) {
        self.bids.set(price, quantity);
        self.truncate();
    }

    /// `apply` of one ask.
    #[inline]
    pub fn set_ask(&mut self, price: i64, quantity: i64) {
        self.asks.set(price, quantity);
        self.truncate();
    }

    /// Forgets all levels.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }

    #[inline]
    fn truncate(&mut self) {
        if let Some(depth) = self.depth_max {
            self.bids.truncate(depth as usize);
            self.asks.truncate(depth as usize);
        }
    }

    /// The best level of each side.
    #[inline]
    pub fn top(&self) -> Top {
        Top {
            bid: self.bids.best(),
            ask: self.asks.best(),
        }
    }

    /// Bids, best first.
    pub fn bids(&self) -> impl Iterator<Item = Level> + '_ {
        self.bids.iter()
    }

    /// Asks, best first.
    pub fn asks(&self) -> impl Iterator<Item = Level> + '_ {
        self.asks.iter()
    }

    /// Best bid and best ask are the same price.
    pub fn is_locked(&self) -> bool {
        matches!(self.top(), Top { bid: Some(bid), ask: Some(ask) } if bid.price == ask.price)
    }

    /// The best bid is above the best ask.
    pub fn is_crossed(&self) -> bool {
        matches!(self.top(), Top { bid: Some(bid), ask: Some(ask) } if bid.price > ask.price)
    }

    /// What the best `count` levels of each side hold.
    pub fn depth(&self, count: usize) -> Depth {
        Depth {
            bid_quantity: book_measures::total(self.bids().take(count)),
            ask_quantity: book_measures::total(self.asks().take(count)),
        }
    }

    /// (bids - asks) / (bids + asks) over the best `count` levels of each side; `None` for an empty book.
    pub fn imbalance(&self, count: usize) -> Option<f64> {
        let depth = self.depth(count);
        book_measures::imbalance(depth.bid_quantity, depth.ask_quantity)
    }

    /// The mid weighed by the quantity on the other side, in price units; `None` where a side is empty.
    pub fn microprice(&self) -> Option<f64> {
        let Top { bid, ask } = self.top();
        Some(book_measures::microprice(bid?, ask?))
    }

    /// How fast the best `count` levels of each side add up away from the mid, in quantity units per price unit; `None`
    /// where a side is empty, and where the book is locked or crossed.
    pub fn depth_slopes(&self, count: usize) -> Option<DepthSlopes> {
        let Top { bid, ask } = self.top();
        let (bid, ask) = (bid?.price, ask?.price);
        (count > 0 && bid < ask).then(|| {
            let twice_mid = i128::from(bid) + i128::from(ask);
            DepthSlopes {
                bid: book_measures::depth_slope(self.bids().take(count), twice_mid),
                ask: book_measures::depth_slope(self.asks().take(count), twice_mid),
            }
        })
    }

    /// What it costs to buy `quantity` out of the asks at once. The book stays as it is.
    ///
    /// # Errors
    /// The quantity is not positive.
    pub fn sweep_asks(&self, quantity: i64) -> Result<Sweep, BookError> {
        match quantity > 0 {
            true => Ok(book_measures::sweep(self.asks(), quantity, true)),
            false => Err(BookError::Sweep { quantity }),
        }
    }

    /// What selling `quantity` into the bids at once brings. The book stays as it is.
    ///
    /// # Errors
    /// The quantity is not positive.
    pub fn sweep_bids(&self, quantity: i64) -> Result<Sweep, BookError> {
        match quantity > 0 {
            true => Ok(book_measures::sweep(self.bids(), quantity, false)),
            false => Err(BookError::Sweep { quantity }),
        }
    }

    /// What Kraken says of this book.
    ///
    /// # Errors
    /// A level has more decimals than Kraken writes.
    pub fn kraken_checksum(&self, scale: Scale, decimals: KrakenDecimals) -> Result<u32, BookError> {
        book_checksum::kraken(self.bids(), self.asks(), scale, decimals)
    }

    /// What OKX says of this book.
    ///
    /// # Errors
    /// No instrument has these exponents.
    pub fn okx_checksum(&self, scale: Scale) -> Result<i32, BookError> {
        book_checksum::okx(self.bids(), self.asks(), scale)
    }

    /// Appends the book, framed, in its schema of `schemas/state/`.
    pub fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>) {
        encode(ids, &self.state().into(), out);
    }

    /// Replaces the book by one that either twin wrote.
    ///
    /// # Errors
    /// It is none, or has another depth; the book is then unchanged.
    pub fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError> {
        match open(ids, state, Kind::L2BookState)? {
            Record::L2BookState(state) => self.take_state(state),
            other => Err(RestoreError::other_kind(Kind::L2BookState, other.kind())),
        }
    }

    /// What `snapshot` frames.
    pub(crate) fn state(&self) -> L2BookState {
        L2BookState {
            depth_max: self.depth_max,
            bids: self.bids().collect(),
            asks: self.asks().collect(),
        }
    }

    /// As `restore`.
    pub(crate) fn take_state(&mut self, state: L2BookState) -> Result<(), RestoreError> {
        same("depth_max", &state.depth_max, &self.depth_max)?;
        let levels = Levels {
            bids: state.bids,
            asks: state.asks,
        };
        levels.check()?;
        self.load(&levels);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
