//! The order book of one symbol as the exchange has shown it so far.

pub mod message;
mod recorded;

use std::collections::BTreeMap;

pub use recorded::RecordedSnapshot;

use crate::fixed::Fixed;
use crate::trading::order::Side;
use message::{BookTicker, Depth, Level, Snapshot};

/// Deltas kept until the first snapshot comes; a recorder fetches it within seconds.
const EARLY_DELTAS_MAX: usize = 10_000;

/// Bids and asks by price, and the update id up to which they are known.
#[derive(Debug, Default)]
pub struct Book {
    last_update_id: u64,
    bids: BTreeMap<Fixed, Fixed>,
    asks: BTreeMap<Fixed, Fixed>,
    has_snapshot: bool,
    has_gap: bool,
    early: Vec<Depth>,
    publish_ms: u64,
    transaction_ms: u64,
}

impl Book {
    /// The update id of the newest event in it; 0 before any.
    pub fn last_update_id(&self) -> u64 {
        self.last_update_id
    }

    /// Whether it stands on a snapshot; without, it knows only levels that changed since the start.
    pub fn has_snapshot(&self) -> bool {
        self.has_snapshot
    }

    /// When its newest event was sent and when it happened, ms; 0 where the venue does not say.
    pub fn times_ms(&self) -> (u64, u64) {
        (self.publish_ms, self.transaction_ms)
    }

    /// Bids, best first.
    pub fn bids(&self) -> impl DoubleEndedIterator<Item = (Fixed, Fixed)> + '_ {
        self.bids.iter().rev().map(|(price, quantity)| (*price, *quantity))
    }

    /// Asks, best first.
    pub fn asks(&self) -> impl DoubleEndedIterator<Item = (Fixed, Fixed)> + '_ {
        self.asks.iter().map(|(price, quantity)| (*price, *quantity))
    }

    /// What a level holds; 0 if there is none.
    pub fn at(&self, side: Side, price: Fixed) -> Fixed {
        let levels = if side == Side::Buy { &self.bids } else { &self.asks };
        levels.get(&price).copied().unwrap_or_default()
    }

    /// Whether an event is missing: levels may be stale that only the missing event would have changed.
    pub fn has_gap(&self) -> bool {
        self.has_gap
    }

    /// Applies an event; one that is not newer than the book changes nothing.
    pub fn apply(&mut self, depth: Depth) {
        if depth.last_update_id <= self.last_update_id {
            return;
        }
        self.has_gap |= self.last_update_id > 0 && !depth.follows(self.last_update_id);
        self.last_update_id = depth.last_update_id;
        (self.publish_ms, self.transaction_ms) = (depth.publish_ms, depth.transaction_ms);
        depth.bids.iter().for_each(|level| set(&mut self.bids, level));
        depth.asks.iter().for_each(|level| set(&mut self.asks, level));
        if !self.has_snapshot && self.early.len() < EARLY_DELTAS_MAX {
            self.early.push(depth);
        }
    }

    /// Removes what a newer best bid and ask prove to be stale, and sets these two.
    ///
    /// A capture may lack lines. The venue's own book did not lack them, and a client that resynchronises after the
    /// gap gets its snapshot from here: what a missing event removed must not stand in it for ever.
    pub fn repair(&mut self, ticker: &BookTicker) {
        if ticker.update_id > self.last_update_id {
            self.bids.split_off(&ticker.bid_price);
            self.asks = self.asks.split_off(&ticker.ask_price);
            set(&mut self.bids, &Level(ticker.bid_price, ticker.bid_quantity));
            set(&mut self.asks, &Level(ticker.ask_price, ticker.ask_quantity));
        }
    }

    /// Starts anew from a snapshot and applies the earlier events that are newer than it.
    ///
    /// A later snapshot that is older than the book tells nothing new and changes nothing.
    pub fn reset(&mut self, snapshot: &Snapshot) {
        if self.has_snapshot && snapshot.last_update_id <= self.last_update_id {
            return;
        }
        self.last_update_id = snapshot.last_update_id;
        (self.publish_ms, self.transaction_ms) = (snapshot.publish_ms, snapshot.transaction_ms);
        self.bids = snapshot.bids.iter().map(|level| (level.0, level.1)).collect();
        self.asks = snapshot.asks.iter().map(|level| (level.0, level.1)).collect();
        (self.has_snapshot, self.has_gap) = (true, false);
        std::mem::take(&mut self.early)
            .into_iter()
            .for_each(|depth| self.apply(depth));
    }
}

fn set(side: &mut BTreeMap<Fixed, Fixed>, level: &Level) {
    if level.1 == Fixed(0) {
        side.remove(&level.0);
    } else {
        side.insert(level.0, level.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(first: u64, last: u64, bids: &[(i64, i64)]) -> Depth {
        let bids = bids
            .iter()
            .map(|(price, quantity)| Level(Fixed(*price), Fixed(*quantity)))
            .collect();
        Depth {
            first_update_id: first,
            previous_update_id: None,
            last_update_id: last,
            bids,
            asks: Vec::new(),
            publish_ms: 0,
            transaction_ms: 0,
        }
    }

    fn snapshot(last: u64, bids: &[(i64, i64)]) -> Snapshot {
        let bids = bids
            .iter()
            .map(|(price, quantity)| Level(Fixed(*price), Fixed(*quantity)))
            .collect();
        Snapshot {
            last_update_id: last,
            bids,
            asks: Vec::new(),
            publish_ms: 0,
            transaction_ms: 0,
        }
    }

    fn bids(book: &Book) -> Vec<(i64, i64)> {
        book.bids().map(|(price, quantity)| (price.0, quantity.0)).collect()
    }

    #[test]
    fn replays_the_events_that_came_before_an_older_snapshot() {
        let mut book = Book::default();
        book.apply(depth(1, 5, &[(10, 1)]));
        book.apply(depth(6, 9, &[(11, 2), (10, 0)]));
        book.reset(&snapshot(7, &[(9, 4), (10, 3)]));
        assert_eq!((book.last_update_id(), bids(&book)), (9, vec![(11, 2), (9, 4)]));
    }

    #[test]
    fn leaves_out_events_that_the_snapshot_contains() {
        let mut book = Book::default();
        book.reset(&snapshot(7, &[(9, 4)]));
        book.apply(depth(3, 7, &[(9, 0)]));
        book.apply(depth(8, 8, &[(8, 1)]));
        book.apply(depth(8, 8, &[(8, 0)]));
        assert_eq!((book.last_update_id(), bids(&book)), (8, vec![(9, 4), (8, 1)]));
    }

    #[test]
    fn ignores_a_later_snapshot_that_is_older_than_the_book() {
        let mut book = Book::default();
        book.reset(&snapshot(7, &[(9, 4)]));
        book.apply(depth(8, 8, &[(8, 1)]));
        book.reset(&snapshot(7, &[(9, 4)]));
        assert_eq!(bids(&book), vec![(9, 4), (8, 1)]);
        book.reset(&snapshot(20, &[(7, 7)]));
        assert_eq!((book.last_update_id(), bids(&book)), (20, vec![(7, 7)]));
    }

    #[test]
    fn a_gap_is_noticed_and_a_newer_ticker_repairs_the_top() {
        let mut book = Book::default();
        book.reset(&snapshot(7, &[(9, 4), (8, 1)]));
        book.apply(depth(8, 10, &[(10, 2)]));
        assert!(!book.has_gap());
        book.apply(depth(12, 13, &[(7, 7)]));
        assert!(book.has_gap());
        let ticker = |update_id, bid: i64| BookTicker {
            update_id,
            bid_price: Fixed(bid),
            bid_quantity: Fixed(5),
            ask_price: Fixed(20),
            ask_quantity: Fixed(6),
        };
        book.repair(&ticker(13, 1));
        assert_eq!(bids(&book), vec![(10, 2), (9, 4), (8, 1), (7, 7)]);
        book.repair(&ticker(14, 8));
        assert_eq!(bids(&book), vec![(8, 5), (7, 7)]);
        assert_eq!(book.asks().next(), Some((Fixed(20), Fixed(6))));
    }

    #[test]
    fn futures_events_chain_by_pu() {
        let mut event = depth(100, 110, &[]);
        event.previous_update_id = Some(50);
        assert!(event.follows(50));
        assert!(!event.follows(49));
    }
}
