//! What orders trade against: the book as shown, less what our own orders have taken from it.

use std::collections::BTreeMap;

use super::order::Side;
use crate::book::Book;
use crate::book::message::{self, BookTicker, Depth, Snapshot};
use crate::fixed::Fixed;

/// A quantity found at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    /// The level's price.
    pub price: Fixed,
    /// How much of it.
    pub quantity: Fixed,
}

/// Counterparties for orders. A matching engine will be another of these.
pub trait Liquidity {
    /// What an order of `side` could take at `limit` (None: any price) or better, best first, without taking it.
    fn offers(&self, side: Side, limit: Option<Fixed>) -> Box<dyn Iterator<Item = Match> + '_>;
    /// Takes up to `quantity` at `limit` or better, best first.
    fn take(&mut self, side: Side, limit: Option<Fixed>, quantity: Fixed) -> Vec<Match>;
    /// The best price that an order of `side` would meet.
    fn best(&self, side: Side) -> Option<Fixed> {
        self.offers(side, None).next().map(|offer| offer.price)
    }
}

/// How much of a level our orders have taken, and how much it showed then.
#[derive(Clone, Copy, Debug)]
struct Taken {
    shown: Fixed,
    taken: Fixed,
}

/// The shown book. History does not change because of us: a level that we took from is shown on as it was recorded,
/// and remembered as taken until its quantity changes in the feed.
#[derive(Debug, Default)]
pub struct ShownLiquidity {
    /// The book from depth events.
    pub book: Book,
    ticker: Vec<u8>,
    taken: BTreeMap<(Side, Fixed), Taken>,
}

impl ShownLiquidity {
    /// Applies a depth event.
    pub fn show_depth(&mut self, depth: Depth) {
        if !self.taken.is_empty() && depth.last_update_id > self.book.last_update_id() {
            for (side, levels) in [(Side::Sell, &depth.bids), (Side::Buy, &depth.asks)] {
                for level in levels {
                    self.forget_if_changed(side, level.0, level.1);
                }
            }
        }
        self.book.apply(depth);
    }

    /// Starts the book anew.
    pub fn show_snapshot(&mut self, snapshot: &Snapshot) {
        self.book.reset(snapshot);
    }

    /// Remembers a `bookTicker` message; it is newer than the book until the next depth event.
    pub fn show_ticker(&mut self, body: &[u8]) {
        self.ticker.clear();
        self.ticker.extend_from_slice(body);
        if self.book.has_gap()
            && let Some(ticker) = self.newer_ticker()
        {
            self.book.repair(&ticker);
        }
        if !self.taken.is_empty()
            && let Some(ticker) = self.newer_ticker()
        {
            self.forget_if_changed(Side::Sell, ticker.bid_price, ticker.bid_quantity);
            self.forget_if_changed(Side::Buy, ticker.ask_price, ticker.ask_quantity);
        }
    }

    fn forget_if_changed(&mut self, side: Side, price: Fixed, shown: Fixed) {
        if self.taken.get(&(side, price)).is_some_and(|taken| taken.shown != shown) {
            self.taken.remove(&(side, price));
        }
    }

    fn newer_ticker(&self) -> Option<BookTicker> {
        let ticker: BookTicker = message::combined(&self.ticker)?;
        (ticker.update_id > self.book.last_update_id()).then_some(ticker)
    }

    /// Shown levels that an order of `side` meets, best first: the book, its top corrected by a newer `bookTicker`.
    fn shown(&self, side: Side) -> Box<dyn Iterator<Item = Match> + '_> {
        let levels: Box<dyn Iterator<Item = (Fixed, Fixed)>> = match side {
            Side::Buy => Box::new(self.book.asks()),
            Side::Sell => Box::new(self.book.bids()),
        };
        let levels = levels.map(|(price, quantity)| Match { price, quantity });
        let Some(ticker) = self.newer_ticker() else {
            return Box::new(levels);
        };
        let top = match side {
            Side::Buy => Match {
                price: ticker.ask_price,
                quantity: ticker.ask_quantity,
            },
            Side::Sell => Match {
                price: ticker.bid_price,
                quantity: ticker.bid_quantity,
            },
        };
        let is_behind = move |level: &Match| match side {
            Side::Buy => level.price > top.price,
            Side::Sell => level.price < top.price,
        };
        Box::new(
            std::iter::once(top)
                .filter(|top| top.quantity.0 > 0)
                .chain(levels.filter(is_behind)),
        )
    }

    /// Shown levels at `limit` or better with something left, and how much is left of each.
    fn open(&self, side: Side, limit: Option<Fixed>) -> impl Iterator<Item = (Match, Fixed)> + '_ {
        let acceptable = move |level: &Match| match (side, limit) {
            (_, None) => true,
            (Side::Buy, Some(limit)) => level.price <= limit,
            (Side::Sell, Some(limit)) => level.price >= limit,
        };
        let left = move |level: &Match| match self.taken.get(&(side, level.price)) {
            Some(taken) if taken.shown == level.quantity => Fixed(level.quantity.0 - taken.taken.0),
            _ => level.quantity,
        };
        let levels = self
            .shown(side)
            .take_while(acceptable)
            .map(move |level| (level, left(&level)));
        levels.filter(|(_, left)| left.0 > 0)
    }
}

impl Liquidity for ShownLiquidity {
    fn offers(&self, side: Side, limit: Option<Fixed>) -> Box<dyn Iterator<Item = Match> + '_> {
        Box::new(self.open(side, limit).map(|(level, left)| Match {
            quantity: left,
            ..level
        }))
    }

    fn take(&mut self, side: Side, limit: Option<Fixed>, quantity: Fixed) -> Vec<Match> {
        let mut wanted = quantity;
        let mut matches = Vec::new();
        let mut records = Vec::new();
        for (level, left) in self.open(side, limit) {
            if wanted.0 == 0 {
                break;
            }
            let quantity = wanted.min(left);
            wanted.0 -= quantity.0;
            matches.push(Match {
                price: level.price,
                quantity,
            });
            let taken = Fixed(level.quantity.0 - left.0 + quantity.0);
            records.push((
                (side, level.price),
                Taken {
                    shown: level.quantity,
                    taken,
                },
            ));
        }
        self.taken.extend(records);
        matches
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::message::Level;

    fn level(price: i64, quantity: i64) -> Level {
        Level(Fixed(price), Fixed(quantity))
    }

    fn depth(last: u64, asks: &[(i64, i64)]) -> Depth {
        let asks = asks.iter().map(|(price, quantity)| level(*price, *quantity)).collect();
        Depth {
            first_update_id: last,
            previous_update_id: None,
            last_update_id: last,
            bids: vec![],
            asks,
            publish_ms: 0,
            transaction_ms: 0,
        }
    }

    fn book() -> ShownLiquidity {
        let mut shown = ShownLiquidity::default();
        shown.show_depth(depth(10, &[(100, 5), (101, 7), (103, 9)]));
        shown
    }

    fn take(shown: &mut ShownLiquidity, limit: Option<i64>, quantity: i64) -> Vec<(i64, i64)> {
        let matches = shown.take(Side::Buy, limit.map(Fixed), Fixed(quantity));
        matches.iter().map(|found| (found.price.0, found.quantity.0)).collect()
    }

    #[test]
    fn walks_the_levels_up_to_the_limit() {
        assert_eq!(take(&mut book(), Some(101), 20), [(100, 5), (101, 7)]);
        assert_eq!(take(&mut book(), None, 6), [(100, 5), (101, 1)]);
        assert_eq!(take(&mut book(), Some(99), 1), []);
    }

    #[test]
    fn does_not_give_the_same_quantity_twice() {
        let mut shown = book();
        assert_eq!(take(&mut shown, None, 3), [(100, 3)]);
        assert_eq!(take(&mut shown, None, 3), [(100, 2), (101, 1)]);
        shown.show_depth(depth(11, &[(101, 7)]));
        assert_eq!(take(&mut shown, Some(101), 9), [(101, 6)]);
    }

    #[test]
    fn gives_a_level_anew_when_the_feed_changes_it() {
        let mut shown = book();
        take(&mut shown, None, 5);
        shown.show_depth(depth(11, &[(100, 0)]));
        shown.show_depth(depth(12, &[(100, 5)]));
        assert_eq!(take(&mut shown, None, 4), [(100, 4)]);
        shown.show_depth(depth(13, &[(100, 2)]));
        assert_eq!(take(&mut shown, Some(100), 4), [(100, 2)]);
    }

    #[test]
    fn believes_a_newer_ticker_about_the_top() {
        let mut shown = book();
        let ticker = |id: u64, price: &str, quantity: &str| {
            format!(
                r#"{{"stream":"x@bookTicker","data":{{"u":{id},"s":"X","b":"0.00000001","B":"1.0","a":"{price}","A":"{quantity}"}}}}"#
            )
        };
        shown.show_ticker(ticker(11, "0.00000101", "0.00000002").as_bytes());
        assert_eq!(take(&mut shown, None, 3), [(101, 2), (103, 1)]);
        shown.show_ticker(ticker(9, "0.00000050", "0.00000001").as_bytes());
        assert_eq!(shown.best(Side::Buy), Some(Fixed(100)));
    }
}
