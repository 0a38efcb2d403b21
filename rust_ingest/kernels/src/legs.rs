//! What each order of a strategy opened and nothing has closed yet: its leg. A strategy cannot know that, as it sees the
//! market alone; risk does.
//!
//! - A leg is armed by the fills of its order, if that has a stop, a target or a time to be closed at. Without a fill there
//!   is nothing to close.
//! - A fill of the same strategy on the other side of the instrument closes its open legs first, the oldest first; what is
//!   left opens a leg of its own. A closing order closes its own leg before the others.
//! - The first mark at the stop or beyond it closes a leg, or at the target or beyond, or of its time or later; `closing`
//!   says how. Once a closing order went out, the rest is closed at the next mark, wherever that is.
//! - One closing order at a time: the next goes out when reports have ended the one before, whatever they said.
//! - A leg ends when its order and its closing order have ended, and nothing is open.

use contracts::{Exit, LegState, Mark, Side, Signal};

use crate::orders::{Order, Orders};

/// One order's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leg {
    pub client_order_id: String,
    pub strategy: String,
    pub venue: String,
    pub instrument: String,
    pub side: Side,
    stop_price: Option<i64>,
    target_price: Option<i64>,
    exit_ns: Option<i64>,
    pub open_quantity: i64,
    /// Why it is being closed; `None` until a closing order went out.
    pub exit: Option<Exit>,
    pub closing_order_id: Option<String>,
}

impl Leg {
    pub fn of(signal: &Signal<'_>, client_order_id: String) -> Self {
        Self {
            client_order_id,
            strategy: signal.strategy.to_owned(),
            venue: signal.venue.to_owned(),
            instrument: signal.instrument.to_owned(),
            side: signal.side,
            stop_price: signal.stop_price,
            target_price: signal.target_price,
            exit_ns: signal.exit_ns,
            open_quantity: 0,
            exit: None,
            closing_order_id: None,
        }
    }

    fn is_armed(&self) -> bool {
        self.stop_price.is_some() || self.target_price.is_some() || self.exit_ns.is_some()
    }

    /// Why a mark closes it; `None` if it does not.
    pub fn exit_at(&self, mark: &Mark<'_>) -> Option<Exit> {
        let is_long = self.side == Side::Buy;
        let at_or_below = |price: &i64| mark.price <= *price;
        let at_or_above = |price: &i64| mark.price >= *price;
        if self.exit.is_some() {
            return self.exit;
        }
        let (stopped, done) = match is_long {
            true => (
                self.stop_price.filter(at_or_below),
                self.target_price.filter(at_or_above),
            ),
            false => (
                self.stop_price.filter(at_or_above),
                self.target_price.filter(at_or_below),
            ),
        };
        if stopped.is_some() {
            return Some(Exit::Stop);
        }
        if done.is_some() {
            return Some(Exit::Target);
        }
        let is_late = |at_ns: &i64| mark.event_ns >= *at_ns;
        self.exit_ns.filter(is_late).map(|_| Exit::Time)
    }

    pub fn state<'s>(&'s self, account: &'s str) -> LegState<'s> {
        LegState {
            account,
            client_order_id: &self.client_order_id,
            strategy: &self.strategy,
            venue: &self.venue,
            instrument: &self.instrument,
            side: self.side,
            stop_price: self.stop_price,
            target_price: self.target_price,
            exit_ns: self.exit_ns,
            open_quantity: self.open_quantity,
            exit: self.exit,
            closing_order_id: self.closing_order_id.as_deref(),
        }
    }

    pub fn restored(state: &LegState<'_>) -> Self {
        Self {
            client_order_id: state.client_order_id.to_owned(),
            strategy: state.strategy.to_owned(),
            venue: state.venue.to_owned(),
            instrument: state.instrument.to_owned(),
            side: state.side,
            stop_price: state.stop_price,
            target_price: state.target_price,
            exit_ns: state.exit_ns,
            open_quantity: state.open_quantity,
            exit: state.exit,
            closing_order_id: state.closing_order_id.map(str::to_owned),
        }
    }

    fn is_of(&self, venue: &str, instrument: &str) -> bool {
        self.instrument == instrument && self.venue == venue
    }
}

/// The legs of one account, in the order in which their orders were made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Legs(Vec<Leg>);

impl Legs {
    pub fn iter(&self) -> impl Iterator<Item = &Leg> {
        self.0.iter()
    }

    pub fn add(&mut self, leg: Leg) {
        self.0.push(leg);
    }

    pub fn at(&self, place: usize) -> &Leg {
        &self.0[place]
    }

    pub fn at_mut(&mut self, place: usize) -> &mut Leg {
        &mut self.0[place]
    }

    /// The places of those that are open, and have no closing order under way.
    pub fn waiting(&self, venue: &str, instrument: &str) -> Vec<usize> {
        let waits = |leg: &Leg| leg.open_quantity > 0 && leg.closing_order_id.is_none() && leg.is_of(venue, instrument);
        let places = self.0.iter().enumerate().filter(|(_, leg)| waits(leg));
        places.map(|(place, _)| place).collect()
    }

    /// What closing orders under way may still close on a leg's side of its instrument.
    pub fn closing(&self, of: &Leg, orders: &Orders) -> i128 {
        let beside = |leg: &&Leg| leg.side == of.side && leg.is_of(&of.venue, &of.instrument);
        let ids = self
            .0
            .iter()
            .filter(beside)
            .filter_map(|leg| leg.closing_order_id.as_deref());
        ids.filter_map(|id| orders.open_one(id))
            .map(|order| i128::from(order.remaining()))
            .sum()
    }

    /// Takes what a report said: an order filled so much more. `orders` knows already whether it is done.
    pub fn on_report(&mut self, order: &Order, quantity: i64, orders: &Orders) {
        let id = order.client_order_id.as_str();
        let is_own = |leg: &Leg| leg.client_order_id == id || leg.closing_order_id.as_deref() == Some(id);
        let Some(own) = self.0.iter().position(is_own) else {
            return;
        };
        let strategy = self.0[own].strategy.clone();
        let is_against = |leg: &Leg| {
            leg.side != order.side && leg.strategy == strategy && leg.is_of(&order.venue, &order.instrument)
        };
        let mut left = quantity;
        let others = (0..self.0.len()).filter(|place| *place != own);
        for place in std::iter::once(own).chain(others) {
            let leg = &mut self.0[place];
            if is_against(leg) {
                let closed = left.min(leg.open_quantity);
                leg.open_quantity -= closed;
                left -= closed;
            }
        }
        let leg = &mut self.0[own];
        if leg.client_order_id == id && leg.is_armed() {
            leg.open_quantity = leg.open_quantity.saturating_add(left);
        }
        for leg in &mut self.0 {
            let is_open = |id: &String| orders.open_one(id).is_some();
            leg.closing_order_id = leg.closing_order_id.take().filter(is_open);
        }
        self.0.retain(|leg| {
            leg.open_quantity > 0 || leg.closing_order_id.is_some() || orders.open_one(&leg.client_order_id).is_some()
        });
    }
}
