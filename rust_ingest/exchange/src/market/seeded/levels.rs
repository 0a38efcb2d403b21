//! The seeded market's own book, in ticks and steps, which notes what has changed since the last depth event.

use std::collections::{BTreeMap, BTreeSet};

use crate::trading::order::Side;

/// One side: quantities in steps by price in ticks. `Side::Buy` holds bids.
#[derive(Debug)]
pub struct Levels {
    side: Side,
    quantities: BTreeMap<i64, u64>,
    changed: BTreeSet<i64>,
}

impl Levels {
    /// An empty side.
    pub fn new(side: Side) -> Levels {
        Levels {
            side,
            quantities: BTreeMap::new(),
            changed: BTreeSet::new(),
        }
    }

    /// Sets a level; quantity 0 removes it.
    pub fn set(&mut self, price: i64, quantity: u64) {
        if quantity == 0 {
            self.quantities.remove(&price);
        } else {
            self.quantities.insert(price, quantity);
        }
        self.changed.insert(price);
    }

    /// What a level holds.
    pub fn at(&self, price: i64) -> u64 {
        self.quantities.get(&price).copied().unwrap_or(0)
    }

    /// Levels, best first.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (i64, u64)> + '_> {
        let levels = self.quantities.iter().map(|(price, quantity)| (*price, *quantity));
        if self.side == Side::Buy {
            Box::new(levels.rev())
        } else {
            Box::new(levels)
        }
    }

    /// The best level.
    pub fn best(&self) -> Option<(i64, u64)> {
        self.iter().next()
    }

    /// The price of the level that is furthest away.
    pub fn furthest(&self) -> Option<i64> {
        let end = if self.side == Side::Buy {
            self.quantities.first_key_value()
        } else {
            self.quantities.last_key_value()
        };
        end.map(|(price, _)| *price)
    }

    /// How many levels there are.
    pub fn len(&self) -> usize {
        self.quantities.len()
    }

    /// Whether anything has changed since [`Levels::take_changes`].
    pub fn has_changes(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Changed levels with what they hold now (0: gone), best first.
    pub fn take_changes(&mut self) -> Vec<(i64, u64)> {
        let changed = std::mem::take(&mut self.changed)
            .into_iter()
            .map(|price| (price, self.at(price)));
        let mut changed: Vec<_> = changed.collect();
        if self.side == Side::Buy {
            changed.reverse();
        }
        changed
    }
}
