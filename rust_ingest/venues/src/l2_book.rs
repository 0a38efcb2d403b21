//! A book of price levels: loaded from a snapshot, changed by deltas.

/// A price level, as records hold it. In a delta, quantity 0 removes it.
pub use contracts::Level;

/// The levels of a snapshot, or the changed levels of a delta, in the venue's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Levels {
    pub bids: Vec<Level>,
    pub asks: Vec<Level>,
}

impl Levels {
    /// Empties both sides and keeps their memory.
    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }
}

/// Best level of each side, where the side has any.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Top {
    pub bid: Option<Level>,
    pub ask: Option<Level>,
}

/// Both sides sorted in flat vectors with the best level last: nearly all changes happen near the top, and there they
/// move few levels.
#[derive(Clone, Debug, Default)]
pub struct L2Book {
    /// Ascending prices.
    bids: Vec<Level>,
    /// Descending prices.
    asks: Vec<Level>,
}

impl L2Book {
    /// Forgets everything and starts from a snapshot, whose levels may come in any order.
    pub fn load(&mut self, snapshot: &Levels) {
        self.clear();
        self.apply(snapshot);
    }

    pub fn clear(&mut self) {
        self.bids.clear();
        self.asks.clear();
    }

    /// Sets each level to its new quantity. Removing a level that is not there is normal: it lay outside the snapshot.
    pub fn apply(&mut self, delta: &Levels) {
        for level in &delta.bids {
            set(&mut self.bids, *level, |other| other < level.price);
        }
        for level in &delta.asks {
            set(&mut self.asks, *level, |other| other > level.price);
        }
    }

    pub fn top(&self) -> Top {
        Top {
            bid: self.bids.last().copied(),
            ask: self.asks.last().copied(),
        }
    }

    /// Bids, best first.
    pub fn bids(&self) -> impl Iterator<Item = Level> + '_ {
        self.bids.iter().rev().copied()
    }

    /// Asks, best first.
    pub fn asks(&self) -> impl Iterator<Item = Level> + '_ {
        self.asks.iter().rev().copied()
    }
}

#[inline]
fn set(side: &mut Vec<Level>, level: Level, comes_before: impl Fn(i64) -> bool) {
    let index = side.partition_point(|other| comes_before(other.price));
    let present = side.get(index).is_some_and(|other| other.price == level.price);
    match (present, level.quantity) {
        (true, 0) => {
            side.remove(index);
        }
        (true, quantity) => side[index].quantity = quantity,
        (false, 0) => {}
        (false, _) => side.insert(index, level),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn levels(pairs: Vec<(i64, i64)>) -> Vec<Level> {
        pairs
            .into_iter()
            .map(|(price, quantity)| Level { price, quantity })
            .collect()
    }

    #[test]
    fn an_emptied_side_has_no_best() {
        let mut book = L2Book::default();
        book.load(&Levels {
            bids: levels(vec![(10, 1)]),
            asks: levels(vec![(12, 4), (11, 3)]),
        });
        assert_eq!(book.top().ask, Some(Level { price: 11, quantity: 3 }));
        book.apply(&Levels {
            bids: levels(vec![(10, 0), (9, 0)]),
            asks: levels(vec![(11, 0)]),
        });
        assert_eq!(
            book.top(),
            Top {
                bid: None,
                ask: Some(Level { price: 12, quantity: 4 })
            }
        );
    }

    proptest! {
        #[test]
        fn behaves_like_a_sorted_map(
            snapshot in proptest::collection::vec((0_i64..30, 0_i64..4), 0..20),
            changes in proptest::collection::vec((any::<bool>(), 0_i64..30, 0_i64..4), 0..100),
        ) {
            let mut book = L2Book::default();
            book.apply(&Levels { bids: levels(vec![(99, 1)]), asks: vec![] });
            book.load(&Levels { bids: levels(snapshot.clone()), asks: levels(snapshot.clone()) });
            let mut maps = [BTreeMap::new(), BTreeMap::new()];
            let both = snapshot.into_iter().flat_map(|(price, quantity)| [(true, price, quantity), (false, price, quantity)]);
            let mut set = |is_bid: bool, price: i64, quantity: i64| {
                if quantity == 0 {
                    maps[usize::from(is_bid)].remove(&price);
                } else {
                    maps[usize::from(is_bid)].insert(price, quantity);
                }
            };
            both.for_each(|(is_bid, price, quantity)| set(is_bid, price, quantity));
            for (is_bid, price, quantity) in changes {
                set(is_bid, price, quantity);
                let level = levels(vec![(price, quantity)]);
                book.apply(&if is_bid { Levels { bids: level, asks: vec![] } } else { Levels { bids: vec![], asks: level } });
            }
            let [asks, bids] = maps;
            prop_assert_eq!(book.bids().collect::<Vec<_>>(), levels(bids.into_iter().rev().collect()));
            prop_assert_eq!(book.asks().collect::<Vec<_>>(), levels(asks.into_iter().collect()));
        }
    }
}
