//! The matching engine of one symbol, in the exchange's units and at its time.

use kernels::matching::{BadRules, Command, Event, MatchingEngine, Reason, Rejection, Rules};

use super::engine_words as words;
use super::order::Side;
use crate::fixed::Fixed;
use crate::instrument::Instrument;

/// A quantity at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The level's price.
    pub price: Fixed,
    /// How much it shows.
    pub quantity: Fixed,
}

/// The engine, and what has happened in it that the desk has not booked yet.
#[derive(Debug)]
pub struct Engine {
    matching: MatchingEngine,
    happened: Vec<Event>,
}

impl Engine {
    /// An empty book. Lots are the units of the money: what a recording shows need not be in the symbol's lots, and
    /// orders are checked before they come here.
    ///
    /// # Errors
    /// The instrument's tick is none.
    pub fn new(instrument: &Instrument) -> Result<Engine, BadRules> {
        let rules = Rules {
            tick_size: instrument.tick.0,
            ..Rules::default()
        };
        Ok(Engine {
            matching: MatchingEngine::new(rules)?,
            happened: Vec::new(),
        })
    }

    /// Lets time pass: what ends by then expires. A clock that goes back is waited for.
    pub fn pass_time(&mut self, now_ns: u64) {
        let now_ns = i64::try_from(now_ns).unwrap_or(i64::MAX);
        if now_ns > self.matching.time_ns() {
            let passed = self.matching.apply(&Command::time(now_ns), &mut self.happened);
            debug_assert_eq!(passed, Ok(()));
        }
    }

    /// Does what is asked, at the present time; gives what happened.
    ///
    /// # Errors
    /// The engine's reason. Nothing has changed.
    pub fn apply(&mut self, command: Command) -> Result<&[Event], Rejection> {
        let before = self.happened.len();
        let command = Command {
            time_ns: self.matching.time_ns(),
            ..command
        };
        self.matching.apply(&command, &mut self.happened)?;
        Ok(&self.happened[before..])
    }

    /// Whether anything has happened since then.
    pub fn has_events(&self) -> bool {
        !self.happened.is_empty()
    }

    /// Whether the newest happenings are that a fill-or-kill order was killed.
    pub fn has_killed(&self, id: u64) -> bool {
        let last = self.happened.last();
        last.is_some_and(|event| event.order_id == id && event.reason == Reason::Fok as u8)
    }

    /// Leaves what has happened to an order unsaid.
    pub fn forget(&mut self, id: u64) {
        self.happened.retain(|event| event.order_id != id);
    }

    /// What has happened since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.happened)
    }

    /// What of a live order can still trade.
    #[cfg(test)]
    pub fn open_quantity(&self, id: u64) -> Option<Fixed> {
        self.matching.order(id).map(|order| Fixed(order.open_quantity))
    }

    /// The best level that an order of `side` would meet.
    pub fn best(&self, side: Side) -> Option<Offer> {
        self.offers(side).next()
    }

    /// The levels that an order of `side` would meet, best first.
    pub fn offers(&self, side: Side) -> impl Iterator<Item = Offer> + '_ {
        self.matching
            .depth(words::side(side.opposite()), None)
            .map(|level| Offer {
                price: Fixed(level.price),
                quantity: Fixed(level.displayed),
            })
    }
}
