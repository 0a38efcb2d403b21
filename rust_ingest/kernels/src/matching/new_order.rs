//! A new order: judged, accepted, and on its way.

use super::codes::{Kind, Phase, SelfTrade, Side, TimeInForce};
use super::command::Command;
use super::engine::{MatchingEngine, facing_key};
use super::enter::Incoming;
use super::event::{Event, EventKind};
use super::order::{Extras, ExtrasNumber, Handle, Marks, Order};
use super::rejection::Rejection;

/// The codes of a new order.
struct Form {
    side: Side,
    kind: Kind,
    time_in_force: TimeInForce,
    self_trade: SelfTrade,
    post_only: bool,
}

impl MatchingEngine {
    #[inline]
    pub(super) fn new_order(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let form = Form::of(command)?;
        self.advance(command, events)?;
        let limit_key = self.judge(&form, command)?;
        self.entry += 1;
        let order = Order {
            id: command.order_id,
            price: command.price,
            quantity: command.quantity,
            open: command.quantity,
            entry: self.entry,
            owner: command.owner,
            previous: Handle::NONE,
            next: Handle::NONE,
            extras: ExtrasNumber::NONE,
            level: 0,
            kind: form.kind,
            time_in_force: form.time_in_force,
            self_trade: form.self_trade,
            marks: Marks::new(form.side, form.post_only),
        };
        let extras = Extras {
            display_quantity: command.display_quantity,
            shown: 0,
            stop_price: command.stop_price,
            expires_ns: command.expires_ns,
        };
        let accepted = Event {
            price: order.price,
            quantity: order.quantity,
            left: order.open,
            other: extras.stop_price.cast_unsigned(),
            ..Event::of(EventKind::Accepted, &order)
        };
        self.journal.say(events, accepted);
        if form.kind.waits() {
            let handle = self.book.admit(order, extras);
            self.wait(handle, extras.stop_price, events);
            return Ok(());
        }
        let limit_key = limit_key.unwrap_or_else(|| self.limit_key(&order));
        if form.can_rest() && !self.crosses(form.side, limit_key) {
            self.rest_anew(order, extras, limit_key, events);
            return Ok(());
        }
        let incoming = Incoming {
            order,
            extras,
            slot: None,
            limit_key,
        };
        self.enter(incoming, events);
        self.trigger_stops(events);
        Ok(())
    }

    /// All reasons against it, in the order of their table. Says how far a limit order goes.
    #[inline]
    fn judge(&self, form: &Form, command: &Command) -> Result<Option<i64>, Rejection> {
        if self.book.find(command.order_id).is_some() {
            return Err(Rejection::DuplicateOrder);
        }
        self.check_phase()?;
        let immediate = form.time_in_force.is_immediate();
        if self.phase == Phase::Call && (form.kind == Kind::Market || immediate || form.post_only) {
            return Err(Rejection::NotInCall);
        }
        self.lot.count(command.quantity).ok_or(Rejection::BadQuantity)?;
        let ticks = match form.kind.has_price() {
            true => Some(self.tick.count(command.price).ok_or(Rejection::BadPrice)?),
            false if command.price != 0 => return Err(Rejection::BadPrice),
            false => None,
        };
        if form.kind.waits() {
            self.tick.count(command.stop_price).ok_or(Rejection::BadStopPrice)?;
        } else if command.stop_price != 0 {
            return Err(Rejection::BadStopPrice);
        }
        if ticks.is_some() && !self.bands.contain(command.price) {
            return Err(Rejection::OutsideBand);
        }
        if command.display_quantity != 0 {
            self.judge_display(form, command)?;
        }
        form.judge_time_in_force(command)?;
        if form.post_only && (form.kind != Kind::Limit || immediate) {
            return Err(Rejection::BadPostOnly);
        }
        self.check_overflow(form.side, command.quantity, 0)?;
        if form.kind.waits() {
            self.check_trigger(form.side, command.stop_price)?;
        }
        let limit_key = ticks.map(|ticks| facing_key(form.side, ticks));
        if form.post_only
            && let Some(limit_key) = limit_key
            && self.crosses(form.side, limit_key)
        {
            return Err(Rejection::WouldTake);
        }
        Ok(limit_key)
    }

    fn judge_display(&self, form: &Form, command: &Command) -> Result<(), Rejection> {
        let rests = form.kind.has_price() && !form.time_in_force.is_immediate();
        let whole = self.lot.count(command.display_quantity).is_some();
        match rests && whole && command.display_quantity <= command.quantity {
            true => Ok(()),
            false => Err(Rejection::BadDisplay),
        }
    }
}

impl Form {
    #[inline]
    fn of(command: &Command) -> Result<Self, Rejection> {
        if command.post_only > 1 {
            return Err(Rejection::BadCommand);
        }
        Ok(Self {
            side: Side::try_from(command.side)?,
            kind: Kind::try_from(command.kind)?,
            time_in_force: TimeInForce::try_from(command.time_in_force)?,
            self_trade: SelfTrade::try_from(command.self_trade)?,
            post_only: command.post_only == 1,
        })
    }

    /// Whether what is left of it rests.
    #[inline]
    fn can_rest(&self) -> bool {
        self.kind == Kind::Limit && !self.time_in_force.is_immediate()
    }

    #[inline]
    fn judge_time_in_force(&self, command: &Command) -> Result<(), Rejection> {
        let end_fits = match self.time_in_force {
            TimeInForce::Gtd => command.expires_ns > command.time_ns,
            _ => command.expires_ns == 0,
        };
        let kind_fits = match self.kind {
            Kind::Limit | Kind::StopLimit => true,
            Kind::Market => self.time_in_force.is_immediate(),
            Kind::Stop => !self.time_in_force.is_immediate(),
        };
        match end_fits && kind_fits {
            true => Ok(()),
            false => Err(Rejection::BadTimeInForce),
        }
    }
}
