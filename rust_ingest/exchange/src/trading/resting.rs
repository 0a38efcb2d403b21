//! Orders that rest, in price-time priority.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::order::{Order, Side};
use crate::fixed::Fixed;

/// The open limit orders of one symbol.
#[derive(Debug, Default)]
pub struct Resting {
    buys: BTreeSet<(Reverse<Fixed>, u64)>,
    sells: BTreeSet<(Fixed, u64)>,
}

impl Resting {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.buys.is_empty() && self.sells.is_empty()
    }

    /// Ids of all, in no particular order.
    pub fn ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.buys
            .iter()
            .map(|(_, id)| *id)
            .chain(self.sells.iter().map(|(_, id)| *id))
    }

    /// Adds an order with a limit; ids grow with time, so they are the time priority.
    pub fn add(&mut self, order: &Order) {
        if let Some(price) = order.price {
            match order.side {
                Side::Buy => self.buys.insert((Reverse(price), order.id)),
                Side::Sell => self.sells.insert((price, order.id)),
            };
        }
    }

    /// Takes an order away.
    pub fn remove(&mut self, order: &Order) {
        if let Some(price) = order.price {
            match order.side {
                Side::Buy => self.buys.remove(&(Reverse(price), order.id)),
                Side::Sell => self.sells.remove(&(price, order.id)),
            };
        }
    }

    /// Ids of the orders that a trade at `price` reaches: those with a limit at it or beyond, in priority.
    pub fn reached_by(&self, price: Fixed) -> Vec<u64> {
        let buys = self
            .buys
            .iter()
            .take_while(|(Reverse(limit), _)| *limit >= price)
            .map(|(_, id)| *id);
        let sells = self
            .sells
            .iter()
            .take_while(|(limit, _)| *limit <= price)
            .map(|(_, id)| *id);
        buys.chain(sells).collect()
    }

    /// Ids of the orders of `side` with a limit that meets `best`, the best price of the other side.
    pub fn meeting(&self, side: Side, best: Fixed) -> Vec<u64> {
        match side {
            Side::Buy => self
                .buys
                .iter()
                .take_while(|(Reverse(limit), _)| *limit >= best)
                .map(|(_, id)| *id)
                .collect(),
            Side::Sell => self
                .sells
                .iter()
                .take_while(|(limit, _)| *limit <= best)
                .map(|(_, id)| *id)
                .collect(),
        }
    }
}
