//! What a symbol's engine has to tell the public: trades, and levels whose shown quantity has changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernels::matching::{self, Event, EventKind, PLACE_KEPT, STOP};

use super::order::Side;
use crate::fixed::Fixed;

/// A trade as everybody may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicTrade {
    /// Price.
    pub price: Fixed,
    /// Quantity.
    pub quantity: Fixed,
    /// The buyer's order was resting.
    pub buyer_is_maker: bool,
}

#[derive(Clone, Copy, Debug)]
struct Resting {
    side: Side,
    price: Fixed,
    displayed: i64,
}

/// The public book, rebuilt from the engine's events.
#[derive(Debug, Default)]
pub struct Tape {
    resting: HashMap<u64, Resting>,
    levels: BTreeMap<(Side, Fixed), i64>,
    changed: BTreeSet<(Side, Fixed)>,
    changes: u64,
    trades: Vec<PublicTrade>,
}

impl Tape {
    /// Takes notice of an event.
    pub fn note(&mut self, event: &Event) {
        match event.kind {
            kind if kind == EventKind::Traded as u8 => {
                let (price, quantity) = (Fixed(event.price), Fixed(event.quantity));
                let buyer_is_maker = event.side == matching::Side::Sell as u8;
                self.trades.push(PublicTrade {
                    price,
                    quantity,
                    buyer_is_maker,
                });
                self.show_less(event.other, event.quantity);
                if event.other_left == 0 {
                    self.resting.remove(&event.other);
                }
            }
            kind if kind == EventKind::Rested as u8 && event.flags & STOP == 0 => self.rest(event),
            kind if kind == EventKind::Refreshed as u8 => {
                let shown = self.resting.get(&event.order_id).map_or(0, |resting| resting.displayed);
                self.show_less(event.order_id, shown - event.quantity);
            }
            kind if kind == EventKind::Cancelled as u8 => self.remove(event.order_id),
            kind if kind == EventKind::Replaced as u8 && event.flags & PLACE_KEPT == 0 => self.remove(event.order_id),
            kind if kind == EventKind::Reduced as u8 || kind == EventKind::Replaced as u8 => {
                let shown = self.resting.get(&event.order_id).map_or(0, |resting| resting.displayed);
                self.show_less(event.order_id, shown - shown.min(event.left));
            }
            _ => {}
        }
    }

    fn rest(&mut self, event: &Event) {
        let side = if event.side == matching::Side::Buy as u8 {
            Side::Buy
        } else {
            Side::Sell
        };
        let resting = Resting {
            side,
            price: Fixed(event.price),
            displayed: 0,
        };
        self.resting.insert(event.order_id, resting);
        self.show_less(event.order_id, -event.quantity);
    }

    fn remove(&mut self, id: u64) {
        if let Some(resting) = self.resting.get(&id).copied() {
            self.show_less(id, resting.displayed);
            self.resting.remove(&id);
        }
    }

    fn show_less(&mut self, id: u64, quantity: i64) {
        let Some(resting) = self.resting.get_mut(&id) else {
            return;
        };
        if quantity == 0 {
            return;
        }
        resting.displayed -= quantity;
        let key = (resting.side, resting.price);
        let level = self.levels.entry(key).or_default();
        *level -= quantity;
        if *level == 0 {
            self.levels.remove(&key);
        }
        self.changed.insert(key);
        self.changes += 1;
    }

    /// What a level shows.
    pub fn at(&self, side: Side, price: Fixed) -> Fixed {
        Fixed(self.levels.get(&(side, price)).copied().unwrap_or(0))
    }

    /// The levels of a side, best first.
    pub fn levels(&self, side: Side) -> Box<dyn Iterator<Item = (Fixed, Fixed)> + '_> {
        let all = self.levels.range((side, Fixed(i64::MIN))..=(side, Fixed(i64::MAX)));
        let all = all.map(|((_, price), quantity)| (*price, Fixed(*quantity)));
        match side {
            Side::Buy => Box::new(all.rev()),
            Side::Sell => Box::new(all),
        }
    }

    /// How many changes of levels there have been: the venue numbers them.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Trades since the last call.
    pub fn take_trades(&mut self) -> Vec<PublicTrade> {
        std::mem::take(&mut self.trades)
    }

    /// Changed levels of a side since the last call with what they show now (0: gone), best first.
    pub fn take_changed(&mut self, side: Side) -> Vec<(Fixed, Fixed)> {
        let (of_side, others) = std::mem::take(&mut self.changed)
            .into_iter()
            .partition(|(of, _)| *of == side);
        self.changed = others;
        let of_side: BTreeSet<(Side, Fixed)> = of_side;
        let told = of_side.into_iter().map(|(side, price)| (price, self.at(side, price)));
        let mut told: Vec<_> = told.collect();
        if side == Side::Buy {
            told.reverse();
        }
        told
    }

    /// Forgets what has changed: nothing of it is news.
    pub fn forget_changes(&mut self) {
        self.changed.clear();
        self.trades.clear();
    }

    /// Whether there is anything to tell.
    pub fn has_news(&self) -> bool {
        !self.changed.is_empty() || !self.trades.is_empty()
    }
}
