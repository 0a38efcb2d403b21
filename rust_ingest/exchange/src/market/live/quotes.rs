//! What agents have resting in one listing, so that they can cancel it: prices in ticks, quantities in steps.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};

use crate::trading::order::Side;

/// Resting orders of all agents.
#[derive(Debug)]
pub struct Quotes {
    /// Orders of a price, oldest first.
    bids: BTreeMap<i64, Vec<u64>>,
    asks: BTreeMap<i64, Vec<u64>>,
    places: HashMap<u64, (Side, i64)>,
}

impl Quotes {
    /// None yet.
    pub fn new() -> Quotes {
        Quotes {
            bids: BTreeMap::new(),
            asks: BTreeMap::new(),
            places: HashMap::new(),
        }
    }

    /// Takes in an order that rests.
    pub fn add(&mut self, id: u64, side: Side, price: i64) {
        self.side_mut(side).entry(price).or_default().push(id);
        self.places.insert(id, (side, price));
    }

    /// Takes out an order that is gone.
    pub fn remove(&mut self, id: u64) {
        let Some((side, price)) = self.places.remove(&id) else {
            return;
        };
        let levels = self.side_mut(side);
        if let Some(orders) = levels.get_mut(&price) {
            orders.retain(|other| *other != id);
            if orders.is_empty() {
                levels.remove(&price);
            }
        }
    }

    /// The orders of the `depth`-th best price; None if there are not so many prices.
    pub fn at_depth(&self, side: Side, depth: usize) -> Option<&[u64]> {
        let orders = match side {
            Side::Buy => self.bids.values().rev().nth(depth),
            Side::Sell => self.asks.values().nth(depth),
        };
        orders.map(Vec::as_slice)
    }

    /// The price that is furthest away, and its orders.
    pub fn furthest(&self, side: Side) -> Option<(i64, &[u64])> {
        let end = match side {
            Side::Buy => self.bids.first_key_value(),
            Side::Sell => self.asks.last_key_value(),
        };
        end.map(|(price, orders)| (*price, orders.as_slice()))
    }

    /// How many prices there are.
    pub fn prices(&self, side: Side) -> usize {
        if side == Side::Buy {
            self.bids.len()
        } else {
            self.asks.len()
        }
    }

    fn side_mut(&mut self, side: Side) -> &mut BTreeMap<i64, Vec<u64>> {
        if side == Side::Buy {
            &mut self.bids
        } else {
            &mut self.asks
        }
    }
}
