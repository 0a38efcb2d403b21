//! What a symbol's engine has to tell the public: trades, and levels whose shown quantity has changed.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::{HashMap, HashMapExt};
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

/// The levels of a side, and which of them have changed.
#[derive(Debug, Default)]
struct Levels {
    shown: BTreeMap<Fixed, i64>,
    changed: BTreeSet<Fixed>,
}

/// The public book, rebuilt from the engine's events.
#[derive(Debug)]
pub struct Tape {
    resting: HashMap<u64, Resting>,
    bids: Levels,
    asks: Levels,
    changes: u64,
    trades: Vec<PublicTrade>,
}

impl Default for Tape {
    fn default() -> Tape {
        Tape {
            resting: HashMap::new(),
            bids: Levels::default(),
            asks: Levels::default(),
            changes: 0,
            trades: Vec::new(),
        }
    }
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
        let levels = match resting.side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        let level = levels.shown.entry(resting.price).or_default();
        *level -= quantity;
        if *level == 0 {
            levels.shown.remove(&resting.price);
        }
        levels.changed.insert(resting.price);
        self.changes += 1;
    }

    /// The best level of a side.
    pub fn best(&self, side: Side) -> Option<(Fixed, Fixed)> {
        let best = match side {
            Side::Buy => self.bids.shown.last_key_value(),
            Side::Sell => self.asks.shown.first_key_value(),
        };
        best.map(|(price, quantity)| (*price, Fixed(*quantity)))
    }

    /// The levels of a side, best first.
    pub fn levels(&self, side: Side) -> Box<dyn Iterator<Item = (Fixed, Fixed)> + '_> {
        let level = |(price, quantity): (&Fixed, &i64)| (*price, Fixed(*quantity));
        match side {
            Side::Buy => Box::new(self.bids.shown.iter().rev().map(level)),
            Side::Sell => Box::new(self.asks.shown.iter().map(level)),
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
        let levels = match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        };
        let told = |price: Fixed| (price, Fixed(levels.shown.get(&price).copied().unwrap_or(0)));
        let mut told: Vec<_> = std::mem::take(&mut levels.changed).into_iter().map(told).collect();
        if side == Side::Buy {
            told.reverse();
        }
        told
    }

    /// Forgets what has changed: nothing of it is news.
    pub fn forget_changes(&mut self) {
        self.bids.changed.clear();
        self.asks.changed.clear();
        self.trades.clear();
    }
}
