//! Agents of one symbol, made from a seed: makers, takers and trend followers, who send orders to its engine.
//!
//! A fair price walks, with volatility in clusters. Where it leaves the spread, informed takers sweep the levels in between; otherwise
//! makers add and cancel near the touch, and small takers trade. Trend followers buy what has risen and sell what has
//! fallen for a while, so that moves go on and turn around. A wide spread is filled in again, so that it reverts to a few
//! ticks. All arithmetic is in integers, and time is the market's own: the same seed gives the same orders on every machine, at
//! every speed, as long as no client of ours changes the book that the agents see.

use kernels::matching::{Command, TimeInForce};

use super::Actors;
use super::quotes::Quotes;
use crate::fixed::ONE;
use crate::instrument::Instrument;
use crate::market::chance::{Chance, NORMAL_ONE};
use crate::trading::desk::Desk;
use crate::trading::engine_words::{self as words, MARKET_IDS};
use crate::trading::order::Side;

/// Mean time between events of a calm market.
const CALM_WAIT_NS: u64 = 8_000_000;
/// Standard deviation of the fair price per event of a calm market, in parts per billion: 60 % a year.
const CALM_STEP_PPB: i64 = 8_000;
/// Calm volatility; the present one is a multiple of it.
const CALM: i64 = 1_000;
/// Levels of a side at the start, and the range in which their number is kept.
const LEVELS_AT_START: u64 = 400;
const LEVELS_MIN: usize = 300;
const LEVELS_MAX: usize = 600;
/// Fractions of a tick in which the fair price is held.
const FINE: i64 = 256;
/// Trend followers look back over about so many events.
const TREND_EVENTS: i64 = 400;

/// The agents of one symbol. Prices are in ticks, quantities in steps.
#[derive(Debug)]
struct SymbolAgents {
    number: usize,
    tick: i64,
    step: i64,
    chance: Chance,
    /// In 1/256 ticks.
    fair: i64,
    /// The fair price as it was, smoothed over the trend's length; in 1/256 ticks.
    smooth: i64,
    volatility: i64,
    /// Typical distance of neighbouring levels, ticks.
    gap: i64,
    /// Typical quantity of a level, steps.
    typical: u64,
    quotes: Quotes,
    next_id: u64,
    event_ns: u64,
    /// The exchange's own time.
    now_ns: u64,
}

/// All agents of all symbols.
#[derive(Debug)]
pub struct Agents {
    symbols: Vec<SymbolAgents>,
}

impl Agents {
    /// Agents of `instruments`, which are the desk's first listings, from `start_ns` on.
    pub fn new(instruments: &[Instrument], seed: u64, start_ns: u64) -> Agents {
        let symbol = |(number, instrument)| SymbolAgents::new(number, instrument, seed, start_ns);
        Agents {
            symbols: instruments.iter().enumerate().map(symbol).collect(),
        }
    }
}

impl Actors for Agents {
    fn next_ns(&mut self) -> Option<u64> {
        self.symbols.iter().map(|symbol| symbol.event_ns).min()
    }

    fn begin(&mut self, desk: &mut Desk, now_ns: u64) {
        for symbol in &mut self.symbols {
            symbol.now_ns = now_ns;
            symbol.begin(desk);
        }
    }

    fn act(&mut self, desk: &mut Desk, now_ns: u64) -> usize {
        match self.symbols.iter_mut().min_by_key(|symbol| symbol.event_ns) {
            Some(symbol) => {
                symbol.now_ns = now_ns;
                symbol.act(desk);
                symbol.number
            }
            None => 0,
        }
    }
}

impl SymbolAgents {
    fn new(number: usize, instrument: &Instrument, seed: u64, start_ns: u64) -> SymbolAgents {
        let mut chance = Chance::new(seed, &instrument.symbol);
        let price = start_price(&instrument.symbol);
        let fair_ticks = price / instrument.tick.0;
        // A typical level is worth about 20,000 of the quote asset.
        let typical =
            (20_000 * i128::from(ONE) * i128::from(ONE) / i128::from(price) / i128::from(instrument.step.0)).max(2);
        SymbolAgents {
            number,
            tick: instrument.tick.0,
            step: instrument.step.0,
            fair: fair_ticks * FINE,
            smooth: fair_ticks * FINE,
            volatility: CALM,
            gap: (fair_ticks * CALM_STEP_PPB / 1_000_000_000 / 4).max(1),
            typical: typical as u64,
            quotes: Quotes::new(),
            next_id: MARKET_IDS,
            event_ns: start_ns + chance.wait(CALM_WAIT_NS),
            now_ns: 0,
            chance,
        }
    }

    /// Makes the book that was there before the market began.
    fn begin(&mut self, desk: &mut Desk) {
        for side in [Side::Buy, Side::Sell] {
            (0..LEVELS_AT_START).for_each(|_| self.add_beyond(desk, side));
        }
        desk.listings.get_mut(self.number).tape.forget_changes();
    }

    fn act(&mut self, desk: &mut Desk) {
        self.note_what_happened(desk);
        self.walk();
        let fair = self.fair / FINE;
        let (bid, ask) = (self.best(desk, Side::Buy), self.best(desk, Side::Sell));
        if fair > ask + self.gap {
            self.sweep(desk, Side::Buy, fair);
        } else if fair < bid - self.gap {
            self.sweep(desk, Side::Sell, fair);
        } else if ask - bid > 4 * self.gap.max(1) {
            self.add(desk, Side::Buy);
            self.add(desk, Side::Sell);
        } else {
            let side = if self.chance.percent(50) { Side::Buy } else { Side::Sell };
            match self.chance.below(100) {
                0..18 => self.take(desk, side),
                18..22 => self.follow_the_trend(desk),
                22..64 => self.add(desk, side),
                _ => self.cancel(desk, side),
            }
        }
        for side in [Side::Buy, Side::Sell] {
            if self.quotes.prices(side) < LEVELS_MIN {
                self.add_beyond(desk, side);
            } else if self.quotes.prices(side) > LEVELS_MAX
                && let Some((_, orders)) = self.quotes.furthest(side)
            {
                let orders = orders.to_vec();
                orders.into_iter().for_each(|id| self.cancel_order(desk, id));
            }
        }
        let wait_ns = CALM_WAIT_NS * CALM as u64 / (CALM as u64 / 2 + self.volatility as u64 / 2);
        self.event_ns += self.chance.wait(wait_ns);
    }

    /// Moves the fair price; the volatility jumps now and then, and calms down again.
    fn walk(&mut self) {
        self.volatility += (CALM - self.volatility) / 200;
        if self.chance.below(600) == 0 {
            self.volatility = (self.volatility + 500 + self.chance.below(3_000) as i64).min(6 * CALM);
        }
        let deviation = i128::from(self.fair) * i128::from(CALM_STEP_PPB) * i128::from(self.volatility);
        let step =
            deviation * i128::from(self.chance.normal()) / i128::from(1_000_000_000 * CALM) / i128::from(NORMAL_ONE);
        self.fair = (self.fair + step as i64).max(1_000 * FINE);
        self.smooth += (self.fair - self.smooth) / TREND_EVENTS;
    }

    /// An aggressive order takes what stands up to `limit`, at most four levels of it.
    fn sweep(&mut self, desk: &mut Desk, taker: Side, limit: i64) {
        let tick = self.tick;
        let reaches = |price: i64| match taker {
            Side::Buy => price / tick <= limit,
            Side::Sell => price / tick >= limit,
        };
        let tape = &desk.listings.get(self.number).tape;
        let levels = tape.levels(taker.opposite()).take(4);
        let there: i64 = levels
            .take_while(|(price, _)| reaches(price.0))
            .map(|(_, shown)| shown.0)
            .sum();
        if there > 0 && self.quotes.prices(taker.opposite()) >= LEVELS_MIN / 2 {
            self.immediate(desk, taker, limit, (there / self.step) as u64);
        }
    }

    /// A small taker, who trades with the best level alone.
    fn take(&mut self, desk: &mut Desk, taker: Side) {
        let quantity = self.chance.size(self.typical / 20 + 1);
        let limit = self.best(desk, taker.opposite());
        self.immediate(desk, taker, limit, quantity);
    }

    /// Buys what has risen and sells what has fallen, if it has done so by more than the noise.
    fn follow_the_trend(&mut self, desk: &mut Desk) {
        let trend = (self.fair - self.smooth) / FINE;
        let side = if trend > 0 { Side::Buy } else { Side::Sell };
        if trend.abs() > 8 * self.gap {
            let quantity = self.chance.size(self.typical / 4 + 1);
            let limit = self.best(desk, side.opposite());
            self.immediate(desk, side, limit, quantity);
        } else {
            let side = if self.chance.percent(50) { Side::Buy } else { Side::Sell };
            self.take(desk, side);
        }
    }

    /// Adds to a level near the fair price, or makes a new best one.
    fn add(&mut self, desk: &mut Desk, side: Side) {
        let away = self.chance.geometric(72) as i64 * self.gap + self.chance.below(self.gap as u64 + 1) as i64;
        let fair = self.fair / FINE;
        let price = match side {
            Side::Buy => fair.min(self.best(desk, Side::Sell) - 1) - away,
            Side::Sell => fair.max(self.best(desk, Side::Buy) + 1) + away,
        };
        let quantity = self.chance.size(self.typical);
        self.quote(desk, side, price, quantity);
    }

    /// Adds a level behind all others.
    fn add_beyond(&mut self, desk: &mut Desk, side: Side) {
        let away = 1 + self.chance.below(2 * self.gap as u64) as i64;
        let sign = if side == Side::Buy { -1 } else { 1 };
        let edge = self.quotes.furthest(side).map_or(self.fair / FINE, |(price, _)| price);
        let quantity = self.chance.size(self.typical);
        self.quote(desk, side, edge + sign * away, quantity);
    }

    /// Takes the orders of a level near the touch away, or makes them smaller.
    fn cancel(&mut self, desk: &mut Desk, side: Side) {
        let depth = self.chance.geometric(78) as usize;
        let Some(orders) = self.quotes.at_depth(side, depth) else {
            return;
        };
        let orders = orders.to_vec();
        if self.chance.percent(55) {
            orders.into_iter().for_each(|id| self.cancel_order(desk, id));
        } else {
            let keep = self.chance.below(orders.len() as u64) as usize;
            orders.into_iter().skip(keep).for_each(|id| self.cancel_order(desk, id));
        }
    }

    fn quote(&mut self, desk: &mut Desk, side: Side, price: i64, quantity: u64) {
        let order = Command::limit(
            self.next_id,
            words::side(side),
            price * self.tick,
            quantity as i64 * self.step,
        );
        self.next_id += 1;
        if price > 0 {
            self.send(desk, order);
        }
    }

    fn immediate(&mut self, desk: &mut Desk, side: Side, limit: i64, quantity: u64) {
        let order = Command::limit(
            self.next_id,
            words::side(side),
            limit * self.tick,
            quantity as i64 * self.step,
        );
        self.next_id += 1;
        self.send(
            desk,
            Command {
                time_in_force: TimeInForce::Ioc as u8,
                ..order
            },
        );
    }

    fn cancel_order(&mut self, desk: &mut Desk, id: u64) {
        self.send(desk, Command::cancel(id));
    }

    /// Sends a command, and takes notice of what it did. What the engine refuses, as a quote in a halt, just does not happen.
    fn send(&mut self, desk: &mut Desk, command: Command) {
        desk.act(self.number, command, self.now_ns);
        self.note_what_happened(desk);
    }

    /// Takes notice of which of the agents' orders rest, and which are gone.
    fn note_what_happened(&mut self, desk: &mut Desk) {
        for told in desk.listings.get_mut(self.number).take_market_news() {
            match told.rests_at {
                Some((side, price)) => self.quotes.add(told.id, side, price.0 / self.tick),
                None => self.quotes.remove(told.id),
            }
        }
    }

    fn best(&self, desk: &Desk, side: Side) -> i64 {
        let best = desk.listings.get(self.number).tape.best(side);
        best.map_or(self.fair / FINE, |(price, _)| price.0 / self.tick)
    }
}

/// A price to begin with, in units of 1e-8.
fn start_price(symbol: &str) -> i64 {
    match symbol {
        "BTCUSDT" => 61_000 * ONE,
        "ETHUSDT" => 2_650 * ONE,
        "SOLUSDT" => 155 * ONE,
        "BNBUSDT" => 510 * ONE,
        _ => 100 * ONE,
    }
}
