//! Where one symbol is traded: its matching engine, and the market's liquidity in it.

use kernels::matching::{BadRules, Command, Rejection};

use super::engine::Engine;
use super::history::{History, QueueModel};
use super::order::Side;
use super::shown::Shown;
use crate::book::Book;
use crate::book::message::{BookTicker, Depth, Snapshot, Trade};
use crate::fixed::Fixed;
use crate::instrument::Instrument;

/// Whom our clients trade with besides each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liquidity {
    /// What is shown was recorded, and stands in the engine as orders of nobody's.
    Recorded(QueueModel),
    /// Agents' or a script's orders, which go into the engine themselves; what is shown follows from it.
    Live,
}

/// A symbol's trading floor.
#[derive(Debug)]
pub struct Floor {
    /// All orders.
    pub engine: Engine,
    liquidity: Liquidity,
    step: Fixed,
    shown: Shown,
    /// None until the first order comes: a market that nobody trades in costs no matching.
    history: Option<History>,
}

impl Floor {
    /// An empty floor.
    ///
    /// # Errors
    /// The instrument's tick is none.
    pub fn new(instrument: &Instrument, liquidity: Liquidity) -> Result<Floor, BadRules> {
        Ok(Floor {
            engine: Engine::new(instrument)?,
            liquidity,
            step: instrument.step,
            shown: Shown::default(),
            history: None,
        })
    }

    /// The book as it is shown.
    pub fn book(&self) -> &Book {
        &self.shown.book
    }

    /// Gets ready for an order: time passes, and a recorded book is put into the engine if it is not there.
    pub fn open(&mut self, now_ns: u64) {
        self.engine.pass_time(now_ns);
        if let (Liquidity::Recorded(model), None) = (self.liquidity, &self.history) {
            self.history = Some(History::new(model, self.step));
            self.show_whole_book();
        }
    }

    /// Does what an order or a cancel asks.
    ///
    /// # Errors
    /// The engine's reason. Nothing has changed.
    pub fn apply(&mut self, command: Command) -> Result<(), Rejection> {
        let events = self.engine.apply(command)?;
        if let Some(history) = &mut self.history {
            history.note(events);
        }
        Ok(())
    }

    /// Applies a depth event.
    pub fn show_depth(&mut self, depth: Depth, now_ns: impl FnOnce() -> u64) {
        let Some(history) = &mut self.history else {
            return self.shown.book.apply(depth);
        };
        if depth.last_update_id <= self.shown.book.last_update_id() {
            return;
        }
        self.engine.pass_time(now_ns());
        let mut changed = history.take_doubtful();
        changed.extend(depth.bids.iter().map(|level| (Side::Buy, level.0)));
        changed.extend(depth.asks.iter().map(|level| (Side::Sell, level.0)));
        self.shown.book.apply(depth);
        let book = &self.shown.book;
        let (gone, there): (Vec<_>, Vec<_>) = changed
            .into_iter()
            .partition(|(side, price)| book.at(*side, *price) == Fixed(0));
        // What has gone goes first: the book of before and after need not fit together.
        for (side, price) in gone.into_iter().chain(there) {
            history.set(&mut self.engine, side, price, book.at(side, price));
        }
        if let Some(ticker) = self.shown.newer_ticker() {
            history.show_top(&mut self.engine, &ticker);
        }
    }

    /// Applies a `bookTicker` message.
    pub fn show_ticker(&mut self, body: &[u8], now_ns: impl FnOnce() -> u64) {
        self.shown.show_ticker(body);
        if let (Some(history), Some(ticker)) = (&mut self.history, self.shown.newer_ticker()) {
            self.engine.pass_time(now_ns());
            history.show_top(&mut self.engine, &ticker);
        }
    }

    /// Applies a recorded trade.
    pub fn show_trade(&mut self, trade: Trade, now_ns: impl FnOnce() -> u64) {
        let Some(history) = &mut self.history else { return };
        self.engine.pass_time(now_ns());
        let maker = match trade.buyer_is_maker {
            Some(true) => Side::Buy,
            Some(false) => Side::Sell,
            None if self.engine.best(Side::Sell).is_some_and(|bid| trade.price <= bid.price) => Side::Buy,
            None => Side::Sell,
        };
        history.trade(&mut self.engine, maker, trade.price, trade.quantity);
    }

    /// Starts the shown book anew.
    pub fn show_snapshot(&mut self, snapshot: &Snapshot) {
        self.shown.book.reset(snapshot);
        self.show_whole_book();
    }

    /// Whether trades are looked at: nobody needs them before the first order.
    pub fn is_traded_on(&self) -> bool {
        self.history.is_some()
    }

    fn show_whole_book(&mut self) {
        let Some(history) = &mut self.history else { return };
        let book = &self.shown.book;
        for (side, price) in history.prices() {
            history.set(&mut self.engine, side, price, book.at(side, price));
        }
        history.take_doubtful();
        for (price, quantity) in book.bids() {
            history.set(&mut self.engine, Side::Buy, price, quantity);
        }
        for (price, quantity) in book.asks() {
            history.set(&mut self.engine, Side::Sell, price, quantity);
        }
        if let Some(ticker) = self.shown.newer_ticker() {
            history.show_top(&mut self.engine, &ticker);
        }
    }
}

impl History {
    /// The best bid and ask, newer than the book: what is better is gone.
    fn show_top(&mut self, engine: &mut Engine, ticker: &BookTicker) {
        for (side, price, quantity) in [
            (Side::Buy, ticker.bid_price, ticker.bid_quantity),
            (Side::Sell, ticker.ask_price, ticker.ask_quantity),
        ] {
            if quantity.0 > 0 {
                self.hide_better(engine, side, price, false);
                self.set(engine, side, price, quantity);
                self.doubt(side, price);
            }
        }
    }
}
