//! One seeded symbol: a fair price that walks, and a book that follows it.
//!
//! The fair price is a random walk whose volatility comes in clusters. Where it leaves the spread, an aggressive order
//! sweeps the levels in between; otherwise orders are added and cancelled near the touch, and small trades happen. A
//! wide spread is filled in again, so that it reverts to a few ticks.

use std::collections::VecDeque;

use super::Message;
use super::chance::{Chance, NORMAL_ONE};
use super::levels::Levels;
use super::words::{Top, TradeWords, Words};
use crate::fixed::ONE;
use crate::instrument::Instrument;
use crate::trading::order::Side;
use crate::venue::Venue;

/// Mean time between events of a calm market.
const CALM_WAIT_NS: u64 = 7_000_000;
/// Depth events come so often, as on `depth@100ms`.
const DEPTH_EVERY_NS: u64 = 100_000_000;
/// The recorder's snapshot comes this long after the start: its client has heard a few depth events by then.
const SNAPSHOT_AFTER_NS: u64 = 250_000_000;
/// From the event at the venue to its arrival.
const TRANSIT_NS: u64 = 900_000;
/// Standard deviation of the fair price per event of a calm market, in parts per billion: 60 % a year.
const CALM_STEP_PPB: i64 = 8_000;
/// Calm volatility; the present one is a multiple of it.
const CALM: i64 = 1_000;
/// Levels of a side at the start, and the range in which their number is kept.
const LEVELS_AT_START: u64 = 400;
const LEVELS_MIN: usize = 300;
const LEVELS_MAX: usize = 600;
/// Update ids of different symbols are far apart, as at the venue.
const UPDATE_ID_SPACE: u64 = 10_000_000_000;
/// Fractions of a tick in which the fair price is held.
const FINE: i64 = 256;

/// A symbol's market.
#[derive(Debug)]
pub struct SymbolMarket {
    words: Words,
    chance: Chance,
    /// In 1/256 ticks.
    fair: i64,
    volatility: i64,
    /// Typical distance of neighbouring levels, ticks.
    gap: i64,
    /// Typical quantity of a level, steps.
    typical: u64,
    bids: Levels,
    asks: Levels,
    update_id: u64,
    depth_update_id: u64,
    trade_id: u64,
    told_top: Option<Top>,
    event_ns: u64,
    depth_ns: u64,
    snapshot_ns: Option<u64>,
}

impl SymbolMarket {
    /// A market that begins at `start_ns`.
    pub fn new(venue: Venue, instrument: &Instrument, index: u64, seed: u64, start_ns: u64) -> SymbolMarket {
        let mut chance = Chance::new(seed, &instrument.symbol);
        let price = start_price(&instrument.symbol);
        let fair_ticks = price / instrument.tick.0;
        let update_id = (index + 1) * UPDATE_ID_SPACE + chance.below(UPDATE_ID_SPACE / 100);
        // A typical level is worth about 20,000 of the quote asset.
        let typical =
            (20_000 * i128::from(ONE) * i128::from(ONE) / i128::from(price) / i128::from(instrument.step.0)).max(2);
        let mut market = SymbolMarket {
            words: Words::new(venue, instrument),
            fair: fair_ticks * FINE,
            volatility: CALM,
            gap: (fair_ticks * CALM_STEP_PPB / 1_000_000_000 / 4).max(1),
            typical: typical as u64,
            bids: Levels::new(Side::Buy),
            asks: Levels::new(Side::Sell),
            update_id,
            depth_update_id: update_id,
            trade_id: (index + 1) * 1_000_000_000,
            told_top: None,
            event_ns: start_ns + chance.wait(CALM_WAIT_NS),
            depth_ns: start_ns + DEPTH_EVERY_NS * (index % 10 + 1) / 10,
            snapshot_ns: Some(start_ns + SNAPSHOT_AFTER_NS + index * 3_000_000),
            chance,
        };
        for side in [Side::Buy, Side::Sell] {
            (0..LEVELS_AT_START).for_each(|_| market.add_beyond(side));
            // The book was there before the recording: nothing of it is news.
            market.levels(side).take_changes();
        }
        market
    }

    /// When something happens next.
    pub fn next_ns(&self) -> u64 {
        self.event_ns
            .min(self.depth_ns)
            .min(self.snapshot_ns.unwrap_or(u64::MAX))
            + TRANSIT_NS
    }

    /// Lets the next thing happen; its messages go to `out`.
    pub fn advance(&mut self, out: &mut VecDeque<Message>) {
        let receive_ns = self.next_ns();
        let now_ns = receive_ns - TRANSIT_NS;
        let ms = now_ns / 1_000_000;
        let mut bodies = Vec::new();
        if self.snapshot_ns == Some(now_ns) {
            self.snapshot_ns = None;
            let (bids, asks): (Vec<_>, Vec<_>) = (self.bids.iter().collect(), self.asks.iter().collect());
            bodies.push(self.words.snapshot(ms, self.update_id, &bids, &asks));
        } else if self.depth_ns == now_ns {
            self.depth_ns += DEPTH_EVERY_NS;
            bodies.extend(self.depth(ms));
        } else {
            self.happen(ms, &mut bodies);
            bodies.extend(self.ticker(ms));
            let wait_ns = CALM_WAIT_NS * CALM as u64 / (CALM as u64 / 2 + self.volatility as u64 / 2);
            self.event_ns += self.chance.wait(wait_ns);
        }
        out.extend(bodies.into_iter().map(|body| Message { receive_ns, body }));
    }

    fn depth(&mut self, ms: u64) -> Option<Vec<u8>> {
        if !self.bids.has_changes() && !self.asks.has_changes() {
            return None;
        }
        let previous = std::mem::replace(&mut self.depth_update_id, self.update_id);
        let ids = (previous + 1, self.update_id, previous);
        Some(
            self.words
                .depth(ms, ids, &self.bids.take_changes(), &self.asks.take_changes()),
        )
    }

    fn ticker(&mut self, ms: u64) -> Option<Vec<u8>> {
        let top = (self.bids.best()?, self.asks.best()?);
        if self.told_top == Some(top) {
            return None;
        }
        self.told_top = Some(top);
        Some(self.words.ticker(ms, self.update_id, top))
    }

    fn happen(&mut self, ms: u64, bodies: &mut Vec<Vec<u8>>) {
        self.walk();
        let fair = self.fair / FINE;
        let (bid, ask) = (self.best(Side::Buy), self.best(Side::Sell));
        if fair > ask + self.gap {
            self.sweep(ms, Side::Buy, fair, bodies);
        } else if fair < bid - self.gap {
            self.sweep(ms, Side::Sell, fair, bodies);
        } else if ask - bid > 4 * self.gap.max(1) {
            self.add(Side::Buy);
            self.add(Side::Sell);
        } else {
            let side = if self.chance.percent(50) { Side::Buy } else { Side::Sell };
            match self.chance.below(100) {
                0..22 => {
                    let quantity = self.chance.size(self.typical / 20 + 1);
                    self.trade(ms, side, quantity, bodies);
                }
                22..64 => self.add(side),
                _ => self.cancel(side),
            }
        }
        for side in [Side::Buy, Side::Sell] {
            if self.levels(side).len() < LEVELS_MIN {
                self.add_beyond(side);
            } else if self.levels(side).len() > LEVELS_MAX
                && let Some(price) = self.levels(side).furthest()
            {
                self.set(side, price, 0);
            }
        }
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
    }

    /// An aggressive order takes all levels up to `limit`, at most four of them.
    fn sweep(&mut self, ms: u64, taker: Side, limit: i64, bodies: &mut Vec<Vec<u8>>) {
        for _ in 0..4 {
            let maker = opposite(taker);
            let Some((price, quantity)) = self.levels(maker).best() else {
                return;
            };
            let reaches = if taker == Side::Buy {
                price <= limit
            } else {
                price >= limit
            };
            if !reaches || self.levels(maker).len() < LEVELS_MIN / 2 {
                return;
            }
            self.trade(ms, taker, quantity, bodies);
        }
    }

    /// Trades up to `quantity` with the best level.
    fn trade(&mut self, ms: u64, taker: Side, quantity: u64, bodies: &mut Vec<Vec<u8>>) {
        let maker = opposite(taker);
        let Some((price, there)) = self.levels(maker).best() else {
            return;
        };
        let quantity = quantity.min(there);
        self.trade_id += 1;
        let trade = TradeWords {
            id: self.trade_id,
            price,
            quantity,
            buyer_is_maker: taker == Side::Sell,
        };
        bodies.push(self.words.trade(ms, trade));
        self.set(maker, price, there - quantity);
    }

    /// Adds to a level near the fair price, or makes a new best one.
    fn add(&mut self, side: Side) {
        let away = self.chance.geometric(72) as i64 * self.gap + self.chance.below(self.gap as u64 + 1) as i64;
        let fair = self.fair / FINE;
        let price = match side {
            Side::Buy => fair.min(self.best(Side::Sell) - 1) - away,
            Side::Sell => fair.max(self.best(Side::Buy) + 1) + away,
        };
        let quantity = self.levels(side).at(price) + self.chance.size(self.typical);
        self.set(side, price, quantity);
    }

    /// Adds a level behind all others.
    fn add_beyond(&mut self, side: Side) {
        let away = 1 + self.chance.below(2 * self.gap as u64) as i64;
        let sign = if side == Side::Buy { -1 } else { 1 };
        let edge = self.levels(side).furthest().unwrap_or(self.fair / FINE);
        let quantity = self.chance.size(self.typical);
        self.set(side, edge + sign * away, quantity);
    }

    /// Takes a level near the touch away, or a part of it.
    fn cancel(&mut self, side: Side) {
        let depth = self.chance.geometric(78) as usize;
        let Some((price, there)) = self.levels(side).iter().nth(depth) else {
            return;
        };
        let left = if self.chance.percent(55) {
            0
        } else {
            self.chance.below(there)
        };
        self.set(side, price, left);
    }

    fn set(&mut self, side: Side, price: i64, quantity: u64) {
        self.update_id += 1;
        self.levels(side).set(price, quantity);
    }

    fn levels(&mut self, side: Side) -> &mut Levels {
        if side == Side::Buy {
            &mut self.bids
        } else {
            &mut self.asks
        }
    }

    fn best(&mut self, side: Side) -> i64 {
        let fair = self.fair / FINE;
        self.levels(side).best().map_or(fair, |(price, _)| price)
    }
}

fn opposite(side: Side) -> Side {
    if side == Side::Buy { Side::Sell } else { Side::Buy }
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
