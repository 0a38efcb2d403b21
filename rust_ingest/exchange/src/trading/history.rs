//! A recorded book as orders in the engine, so that our clients' orders trade with it by price and time.
//!
//! A recording shows levels, not orders. Each level is here one order of nobody's, or several where orders of ours stand
//! between what was there when they joined and what came later. **Queue position**: an order of ours stands behind
//! all that its level showed when it joined. It moves up by the recording's trades at its price, and by cancellations. Which of
//! the orders at a level were cancelled is not recorded; [`QueueModel`] says what is assumed. What a trade's taker takes
//! from us is taken away from those behind us, who got it in truth: so the level stays what was recorded.
//!
//! **History does not change because of us.** What we took from a level stays taken until the recording
//! shows another quantity there; then the level is what the recording says.
//!
//! The models are those of hftbacktest (`RiskAdverseQueueModel`; `ProbQueueModel` with the power function of exponent 1, after
//! Rigtorp, "Estimating order queue position", 2013), with our place as an order in a queue instead of a number.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use foldhash::{HashMap, HashMapExt};
use kernels::matching::{self, Command, Event, EventKind, TimeInForce};

use super::engine::Engine;
use super::engine_words::{self as words, MARKET_IDS};
use super::order::Side;
use crate::fixed::Fixed;

/// Which orders of a level are taken to be the cancelled ones when its quantity falls without a trade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum QueueModel {
    /// All alike: what is ahead of us shrinks in proportion (hftbacktest's `ProbQueueModel`, f(x) = x).
    #[default]
    Even,
    /// Those behind us first: only trades move us up (hftbacktest's `RiskAdverseQueueModel`).
    Cautious,
}

#[derive(Clone, Copy, Debug)]
struct Part {
    id: u64,
    open: i64,
    /// An order of ours has joined right behind it.
    is_followed: bool,
}

#[derive(Debug, Default)]
struct Level {
    /// What the recording shows, less the trades that it has told since.
    shown: i64,
    /// Front of the queue first.
    parts: Vec<Part>,
}

impl Level {
    fn open(&self) -> i64 {
        self.parts.iter().map(|part| part.open).sum()
    }
}

/// The recorded levels that stand in an engine.
#[derive(Debug)]
pub struct History {
    model: QueueModel,
    /// Quantities are divided in whole steps: a fill is never of a part of one.
    step: i64,
    levels: BTreeMap<(Side, Fixed), Level>,
    places: HashMap<u64, (Side, Fixed)>,
    /// Levels that newer news has hidden: the next depth event says whether they are there.
    doubtful: BTreeSet<(Side, Fixed)>,
    next_id: u64,
}

impl History {
    /// No levels yet.
    pub fn new(model: QueueModel, step: Fixed) -> History {
        History {
            model,
            step: step.0.max(1),
            levels: BTreeMap::new(),
            places: HashMap::new(),
            doubtful: BTreeSet::new(),
            next_id: MARKET_IDS,
        }
    }

    /// A level whose quantity the next depth event must confirm.
    pub fn doubt(&mut self, side: Side, price: Fixed) {
        self.doubtful.insert((side, price));
    }

    /// Levels that the next depth event must confirm; they are no longer doubtful.
    pub fn take_doubtful(&mut self) -> BTreeSet<(Side, Fixed)> {
        std::mem::take(&mut self.doubtful)
    }

    /// Prices of all levels.
    pub fn prices(&self) -> Vec<(Side, Fixed)> {
        self.levels.keys().copied().collect()
    }

    /// Takes notice of what has happened in the engine.
    pub fn note(&mut self, events: &[Event]) {
        for event in events {
            if event.kind == EventKind::Traded as u8 {
                self.note_trade(event.order_id, event.left);
                self.note_trade(event.other, event.other_left);
            } else if event.kind == EventKind::Rested as u8 && event.order_id < MARKET_IDS {
                let side = if event.side == matching::Side::Buy as u8 {
                    Side::Buy
                } else {
                    Side::Sell
                };
                let level = self.levels.get_mut(&(side, Fixed(event.price)));
                if let Some(last) = level.and_then(|level| level.parts.last_mut()) {
                    last.is_followed = true;
                }
            }
        }
    }

    fn apply(&mut self, engine: &mut Engine, command: Command) -> bool {
        match engine.apply(command) {
            Ok(events) => {
                self.note(events);
                true
            }
            Err(_) => false,
        }
    }

    /// An order of history's has been traded with and has `left` open.
    fn note_trade(&mut self, id: u64, left: i64) {
        let Some(place) = self.places.get(&id) else { return };
        if let Some(level) = self.levels.get_mut(place) {
            if left == 0 {
                level.parts.retain(|part| part.id != id);
                self.places.remove(&id);
            } else if let Some(part) = level.parts.iter_mut().find(|part| part.id == id) {
                part.open = left;
            }
        }
    }

    /// A level of the recording has now so much; what crosses it on the other side is gone or doubtful.
    pub fn set(&mut self, engine: &mut Engine, side: Side, price: Fixed, quantity: Fixed) {
        // A garbled line's: nobody could pay for it, nor be paid.
        if price.times(quantity).is_none() {
            return;
        }
        let key = (side, price);
        let level = self.levels.entry(key).or_default();
        if level.shown == quantity.0 {
            if quantity.0 == 0 {
                self.levels.remove(&key);
            }
            return;
        }
        level.shown = quantity.0;
        let surplus = level.open() - quantity.0;
        if surplus > 0 {
            self.remove(engine, key, surplus);
        } else if surplus < 0 {
            self.hide_better(engine, side.opposite(), price, true);
            self.add(engine, key, -surplus);
        }
        self.forget_if_empty(key);
    }

    /// Hides the levels of a side that are better than `price` (or as good, if `or_equal`): newer news has it that there
    /// was nothing. The next depth event says what is true.
    pub fn hide_better(&mut self, engine: &mut Engine, side: Side, price: Fixed, or_equal: bool) {
        let is_hidden = |level: Fixed| match side {
            _ if level == price => or_equal,
            Side::Buy => level > price,
            Side::Sell => level < price,
        };
        let better: Vec<Fixed> = match side {
            Side::Buy => {
                let bids = self.levels.range((Side::Buy, price)..(Side::Sell, Fixed(i64::MIN)));
                bids.map(|((_, level), _)| *level)
                    .filter(|level| is_hidden(*level))
                    .collect()
            }
            Side::Sell => {
                let asks = self.levels.range((Side::Sell, Fixed(i64::MIN))..=(Side::Sell, price));
                asks.map(|((_, level), _)| *level)
                    .filter(|level| is_hidden(*level))
                    .collect()
            }
        };
        for level in better {
            self.empty(engine, (side, level));
            self.doubtful.insert((side, level));
        }
    }

    fn empty(&mut self, engine: &mut Engine, key: (Side, Fixed)) {
        let Some(level) = self.levels.remove(&key) else { return };
        for part in level.parts {
            self.places.remove(&part.id);
            self.apply(engine, Command::cancel(part.id));
        }
    }

    /// A trade of the recording: `quantity` of the resting `maker` side was taken at `price`.
    pub fn trade(&mut self, engine: &mut Engine, maker: Side, price: Fixed, quantity: Fixed) {
        if price.times(quantity).is_none() {
            return;
        }
        let key = (maker, price);
        self.hide_better(engine, maker, price, false);
        self.hide_better(engine, maker.opposite(), price, true);
        let level = self.levels.entry(key).or_default();
        level.shown = (level.shown - quantity.0).max(0);
        let before = level.open();
        // The recorded maker stood there, even if the book did not show it yet.
        if before < quantity.0 {
            self.add(engine, key, quantity.0 - before);
        }
        let taker = Command {
            time_in_force: TimeInForce::Ioc as u8,
            ..Command::limit(self.next_id, words::side(maker.opposite()), price.0, quantity.0)
        };
        self.next_id += 1;
        self.apply(engine, taker);
        let left = self.levels.get(&key).map_or(0, Level::open);
        let surplus = left - (before - quantity.0).max(0);
        if surplus > 0 {
            self.remove_from_the_back(engine, key, surplus);
        }
        self.forget_if_empty(key);
    }

    fn forget_if_empty(&mut self, key: (Side, Fixed)) {
        if self
            .levels
            .get(&key)
            .is_some_and(|level| level.shown == 0 && level.parts.is_empty())
        {
            self.levels.remove(&key);
        }
    }

    /// Adds to the end of a level's queue. What meets orders of ours on the other side trades with them.
    fn add(&mut self, engine: &mut Engine, key: (Side, Fixed), quantity: i64) {
        let (side, price) = key;
        let level = self.levels.entry(key).or_default();
        let last = level.parts.last().copied().filter(|last| !last.is_followed);
        let total = quantity + last.map_or(0, |part| part.open);
        // At the end of its queue an order may lose its place: nobody stands behind it.
        let id = self.next_id;
        self.next_id += 1;
        if last.is_some() {
            level.parts.pop();
        }
        level.parts.push(Part {
            id,
            open: total,
            is_followed: false,
        });
        self.places.insert(id, key);
        if let Some(part) = last {
            self.places.remove(&part.id);
            self.apply(engine, Command::cancel(part.id));
        }
        // A price off the tick is a garbled line's: the engine does not take it, and nobody can order there.
        if !self.apply(engine, Command::limit(id, words::side(side), price.0, total)) {
            self.note_trade(id, 0);
        }
    }

    /// Takes away what was cancelled, as the model has it.
    fn remove(&mut self, engine: &mut Engine, key: (Side, Fixed), quantity: i64) {
        if self.model == QueueModel::Cautious {
            return self.remove_from_the_back(engine, key, quantity);
        }
        let Some(level) = self.levels.get(&key) else { return };
        let open = level.open();
        let step = self.step;
        let share = |part: &Part| {
            let share = i128::from(part.open) * i128::from(quantity) / i128::from(open);
            share as i64 / step * step
        };
        let shares: Vec<(Part, i64)> = level.parts.iter().map(|part| (*part, share(part))).collect();
        let rounded_off = quantity - shares.iter().map(|(_, share)| share).sum::<i64>();
        for (part, share) in shares {
            self.shrink(engine, part, share);
        }
        self.remove_from_the_back(engine, key, rounded_off);
    }

    fn remove_from_the_back(&mut self, engine: &mut Engine, key: (Side, Fixed), mut quantity: i64) {
        while quantity > 0 {
            let last = self.levels.get(&key).and_then(|level| level.parts.last().copied());
            let Some(part) = last else { return };
            let taken = quantity.min(part.open);
            quantity -= taken;
            self.shrink(engine, part, taken);
        }
    }

    fn shrink(&mut self, engine: &mut Engine, part: Part, quantity: i64) {
        if quantity > 0 {
            self.apply(engine, Command::reduce(part.id, quantity));
            self.note_trade(part.id, part.open - quantity);
        }
    }
}
