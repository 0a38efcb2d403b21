//! A whole book as a record, and back.

use contracts::{MatchingOrderState, MatchingState};
use thiserror::Error;

use super::book::Book;
use super::codes::{Kind, Phase, SelfTrade, Side, TimeInForce};
use super::engine::{MatchingEngine, facing_key};
use super::order::{Extras, ExtrasNumber, Handle, Marks, Order};
use super::rules::{BadRules, Bands, Rules};
use super::view::OrderView;

/// Why a state cannot be taken up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BadState {
    #[error("the state's rules are none: {0}")]
    Rules(#[from] BadRules),
    #[error("the state's {field} is {found}: take a state that an engine has made")]
    Field { field: &'static str, found: i64 },
    #[error("order {order_id} of the state has {problem}: take a state that an engine has made")]
    Order { order_id: u64, problem: &'static str },
    #[error("the state is open and its best bid is not below its best ask: take a state that an engine has made")]
    Crossed,
}

impl MatchingEngine {
    /// All of it, in the one order of `schemas/state/matching_state.avsc`.
    pub fn snapshot<'a>(&self, symbol: &'a str) -> MatchingState<'a> {
        let orders = |orders: &mut dyn Iterator<Item = OrderView>| orders.map(|view| written(&view)).collect();
        MatchingState {
            symbol,
            tick_size: self.tick.size(),
            lot_size: self.lot.size(),
            lowest_price: self.bands.low,
            highest_price: self.bands.high,
            phase: self.phase as i32,
            last_price: self.last_price,
            time_ns: self.journal.time_ns,
            sequence: self.journal.sequence.cast_signed(),
            entry: self.entry.cast_signed(),
            bids: orders(&mut self.orders(Side::Buy)),
            asks: orders(&mut self.orders(Side::Sell)),
            buy_stops: orders(&mut self.stops(Side::Buy)),
            sell_stops: orders(&mut self.stops(Side::Sell)),
        }
    }

    /// An engine that goes on from there. Tick and lot size are the state's.
    pub fn restore(state: &MatchingState) -> Result<Self, BadState> {
        let mut engine = Self::new(Rules {
            tick_size: state.tick_size,
            lot_size: state.lot_size,
            band_low: state.lowest_price,
            band_high: state.highest_price,
            last_price: state.last_price,
        })?;
        let bad_phase = |_| field("phase", state.phase.into());
        engine.phase = code(state.phase).and_then(Phase::try_from).map_err(bad_phase)?;
        engine.bands = Bands {
            low: state.lowest_price,
            high: state.highest_price,
        };
        for (name, number) in [
            ("time_ns", state.time_ns),
            ("sequence", state.sequence),
            ("entry", state.entry),
        ] {
            if number < 0 {
                return Err(field(name, number));
            }
        }
        check_entries(state)?;
        engine.journal.time_ns = state.time_ns;
        engine.journal.sequence = state.sequence.cast_unsigned();
        engine.entry = state.entry.cast_unsigned();
        for (side, orders) in [(Side::Buy, &state.bids), (Side::Sell, &state.asks)] {
            engine.take_up(side, false, orders)?;
        }
        for (side, orders) in [(Side::Buy, &state.buy_stops), (Side::Sell, &state.sell_stops)] {
            engine.take_up(side, true, orders)?;
        }
        match engine.phase == Phase::Open && engine.is_crossed() {
            true => Err(BadState::Crossed),
            false => Ok(engine),
        }
    }

    fn is_crossed(&self) -> bool {
        let (bids, asks) = (&self.book.side(Side::Buy).resting, &self.book.side(Side::Sell).resting);
        !bids.is_empty() && !asks.is_empty() && bids.best_key() >= -asks.best_key()
    }

    /// The orders of one side, resting or waiting, in their order.
    fn take_up(&mut self, side: Side, waiting: bool, orders: &[MatchingOrderState]) -> Result<(), BadState> {
        let mut key_before = None;
        for state in orders {
            let problem = |problem| BadState::Order {
                order_id: state.order_id.cast_unsigned(),
                problem,
            };
            let (order, extras) = self.read(side, waiting, state).map_err(problem)?;
            let ladder_price = if waiting { extras.stop_price } else { order.price };
            let facing = facing_key(side, self.tick.exact(ladder_price));
            let key = if waiting { facing } else { -facing };
            if key_before.is_some_and(|before| before < key) {
                return Err(problem("a better price than the one before it"));
            }
            key_before = Some(key);
            let handle = self.book.admit(order, extras);
            enqueue(&mut self.book, handle, key, waiting);
        }
        Ok(())
    }

    /// One order, if it can be live as it is.
    fn read(&self, side: Side, waiting: bool, state: &MatchingOrderState) -> Result<(Order, Extras), &'static str> {
        let order_id = state.order_id.cast_unsigned();
        let kind = code(state.kind)
            .and_then(Kind::try_from)
            .map_err(|_| "an unknown kind")?;
        let time_in_force = code(state.time_in_force).and_then(TimeInForce::try_from);
        let time_in_force = time_in_force.map_err(|_| "an unknown time in force")?;
        let self_trade = code(state.self_trade).and_then(SelfTrade::try_from);
        let extras = Extras {
            display_quantity: state.display_quantity,
            shown: state.displayed,
            stop_price: state.stop_price,
            expires_ns: state.expires_ns,
        };
        let order = Order {
            id: order_id,
            price: state.price,
            quantity: state.quantity,
            open: state.open_quantity,
            entry: state.entry.cast_unsigned(),
            owner: u32::try_from(state.owner).map_err(|_| "an owner beyond 32 bits")?,
            previous: Handle::NONE,
            next: Handle::NONE,
            extras: ExtrasNumber::NONE,
            level: 0,
            kind,
            time_in_force,
            self_trade: self_trade.map_err(|_| "an unknown self-trade prevention")?,
            marks: Marks::new(side, state.post_only),
        };
        if self.book.find(order_id).is_some() {
            return Err("the id of another");
        }
        if order.entry == 0 || order.entry > self.entry {
            return Err("an entry that was never given");
        }
        self.check_state(&order, &extras, waiting)?;
        let open = self.book.side(side).open;
        open.checked_add(order.open)
            .ok_or("an open quantity that leaves 64 bits")?;
        Ok((order, extras))
    }

    fn check_state(&self, order: &Order, extras: &Extras, waiting: bool) -> Result<(), &'static str> {
        let whole = |quantity| self.lot.count(quantity).is_some();
        let immediate = order.time_in_force.is_immediate();
        let checks = [
            (
                order.kind.waits() == waiting && order.kind != Kind::Market,
                "a kind that does not stand there",
            ),
            (
                !immediate || order.kind == Kind::StopLimit,
                "a time in force that does not stand there",
            ),
            (
                order.kind.has_price() == self.tick.count(order.price).is_some(),
                "a bad price",
            ),
            (
                order.kind.has_price() || order.price == 0,
                "a price beside its stop price",
            ),
            (
                waiting == self.tick.count(extras.stop_price).is_some(),
                "a bad stop price",
            ),
            (waiting || extras.stop_price == 0, "a stop price though it rests"),
            (
                whole(order.quantity) && whole(order.open),
                "a quantity that is not of whole lots",
            ),
            (order.open <= order.quantity, "more open than its quantity"),
            (
                extras.display_quantity == 0 || whole(extras.display_quantity),
                "a bad display quantity",
            ),
            (
                extras.display_quantity == 0 || order.kind.has_price() && !immediate,
                "a display quantity",
            ),
            (
                (order.time_in_force == TimeInForce::Gtd) == (extras.expires_ns > self.journal.time_ns),
                "a bad end",
            ),
            (
                order.time_in_force == TimeInForce::Gtd || extras.expires_ns == 0,
                "an end without gtd",
            ),
            (
                !order.marks.is_post_only() || order.kind == Kind::Limit,
                "post-only beside its stop price",
            ),
            (
                waiting || whole(extras.shown),
                "a displayed quantity that is not of whole lots",
            ),
            (
                shows_rightly(order, extras, waiting),
                "a displayed quantity that cannot be",
            ),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, problem)) => Err(problem),
            None => Ok(()),
        }
    }
}

/// Every order has an entry of its own.
fn check_entries(state: &MatchingState) -> Result<(), BadState> {
    let queues = [&state.bids, &state.asks, &state.buy_stops, &state.sell_stops];
    let mut entries: Vec<i64> = queues.into_iter().flatten().map(|order| order.entry).collect();
    entries.sort_unstable();
    match entries.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(field("entry of two orders", pair[0])),
        None => Ok(()),
    }
}

fn shows_rightly(order: &Order, extras: &Extras, waiting: bool) -> bool {
    if waiting {
        return extras.shown == 0;
    }
    let most = extras.shows_of(order.open);
    extras.shown == most || (extras.display_quantity != 0 && extras.shown > 0 && extras.shown <= most)
}

fn enqueue(book: &mut Book, handle: Handle, key: i64, waiting: bool) {
    match waiting {
        true => book.wait(handle, key),
        false => book.rest(handle, key),
    }
}

fn written(view: &OrderView) -> MatchingOrderState {
    MatchingOrderState {
        order_id: view.order_id.cast_signed(),
        entry: view.entry.cast_signed(),
        owner: view.owner.into(),
        kind: view.kind as i32,
        time_in_force: view.time_in_force as i32,
        self_trade: view.self_trade as i32,
        post_only: view.post_only,
        price: view.price,
        stop_price: view.stop_price,
        quantity: view.quantity,
        open_quantity: view.open_quantity,
        displayed: view.displayed,
        display_quantity: view.display_quantity,
        expires_ns: view.expires_ns,
    }
}

fn code(code: i32) -> Result<u8, super::Rejection> {
    u8::try_from(code).map_err(|_| super::Rejection::BadCommand)
}

fn field(field: &'static str, found: i64) -> BadState {
    BadState::Field { field, found }
}
