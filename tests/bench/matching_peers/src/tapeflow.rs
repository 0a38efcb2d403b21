//! Ours, with all its rules on: ticks, lots, bands, owners with self-trade prevention, stops that wait.

use kernels::matching::{Command, Event, EventKind, MatchingEngine, Rules, SelfTrade, Side};

use crate::engine::{Engine, Fill};
use crate::flow::{Action, LOT, Op, TICK};

pub struct Tapeflow {
    engine: MatchingEngine,
    events: Vec<Event>,
    codes: Vec<u8>,
}

/// Commands handed over at once.
const BATCH: usize = 256;

impl Engine for Tapeflow {
    const NAME: &'static str = "tapeflow";
    type Ask = Command;

    fn new(_telling: bool) -> Self {
        let rules = Rules {
            tick_size: TICK,
            lot_size: LOT,
            band_low: TICK,
            band_high: i64::MAX / 2,
            last_price: 0,
        };
        let mut engine = MatchingEngine::new(rules).expect("rules of a benchmark");
        let mut events = Vec::with_capacity(1024);
        for number in 0..100 {
            let stop = Command::stop(u64::MAX - number, Side::Buy, (1 << 30) * TICK, LOT);
            engine.apply(&stop, &mut events).expect("it waits");
        }
        Self {
            engine,
            events,
            codes: Vec::new(),
        }
    }

    fn ask(op: &Op) -> Command {
        // Each order has an owner of its own, so that prevention is looked at and, as with the others, never has to act.
        let owner = op.id as u32;
        let command = match op.action {
            Action::Limit => Command::limit(op.id, op.side, op.price, op.quantity),
            Action::Market => Command::market(op.id, op.side, op.quantity),
            Action::Cancel => Command::cancel(op.id),
            Action::Move => Command::replace(op.id, op.price, 0),
        };
        Command {
            owner,
            self_trade: SelfTrade::CancelNewest as u8,
            ..command
        }
    }

    #[inline]
    fn apply(&mut self, ask: &Command) -> usize {
        self.events.clear();
        let outcome = self.engine.apply(ask, &mut self.events);
        assert!(outcome.is_ok());
        self.events.len()
    }

    fn apply_each(&mut self, asks: &[Command]) {
        for batch in asks.chunks(BATCH) {
            self.events.clear();
            self.codes.clear();
            self.engine
                .apply_all(batch, &mut self.events, &mut self.codes);
            assert!(self.codes.iter().all(|&code| code == 0));
        }
    }

    fn apply_telling(&mut self, ask: &Command, fills: &mut Vec<Fill>) {
        self.apply(ask);
        let trades = self
            .events
            .iter()
            .filter(|event| event.kind == EventKind::Traded as u8);
        fills.extend(trades.map(|event| Fill {
            taker: event.order_id,
            maker: event.other,
            price: event.price,
            quantity: event.quantity,
        }));
    }
}

/// What a book of so many resting orders holds.
pub fn memory(orders: u64) -> usize {
    let mut engine = MatchingEngine::new(Rules::default()).expect("rules of a benchmark");
    let mut events = Vec::new();
    for id in 0..orders {
        let ticks = 1 + (id / 2 % 2_000) as i64;
        let (side, away) = if id % 2 == 0 {
            (Side::Buy, -ticks)
        } else {
            (Side::Sell, ticks)
        };
        events.clear();
        engine
            .apply(
                &Command::limit(id, side, 1_000_000 + away, LOT),
                &mut events,
            )
            .expect("it rests");
    }
    engine.resident_bytes()
}
