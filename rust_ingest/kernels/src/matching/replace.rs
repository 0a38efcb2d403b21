//! An order becomes another, in its place where the rules let it.

use super::codes::Phase;
use super::command::Command;
use super::engine::{MatchingEngine, facing_key};
use super::enter::Incoming;
use super::event::{Event, EventKind, PLACE_KEPT};
use super::order::Handle;
use super::rejection::Rejection;

/// What an order shall be.
struct Replacement {
    price: i64,
    stop_price: i64,
    /// Total, with what was executed and reduced.
    quantity: i64,
    open: i64,
    keeps_place: bool,
}

impl MatchingEngine {
    #[inline]
    pub(super) fn replace(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let handle = self.own_order(command)?;
        let after = self.judge_replacement(handle, command)?;
        let event = Event {
            price: after.price,
            quantity: after.quantity,
            left: after.open,
            other: after.stop_price.cast_unsigned(),
            flags: if after.keeps_place { PLACE_KEPT } else { 0 },
            ..Event::of(EventKind::Replaced, self.book.slab.get(handle))
        };
        self.journal.say(events, event);
        if after.keeps_place {
            self.replace_in_place(handle, &after);
        } else {
            self.come_in_again(handle, &after, events);
        }
        Ok(())
    }

    fn replace_in_place(&mut self, handle: Handle, after: &Replacement) {
        let before = self.book.slab.get(handle).open;
        self.book.reduce(handle, before - after.open);
        let order = self.book.slab.get_mut(handle);
        order.price = after.price;
        order.quantity = after.quantity;
    }

    #[inline]
    fn come_in_again(&mut self, handle: Handle, after: &Replacement, events: &mut Vec<Event>) {
        self.book.withdraw(handle);
        let order = self.book.slab.get_mut(handle);
        order.price = after.price;
        order.quantity = after.quantity;
        order.open = after.open;
        let (side, waits) = (order.side(), order.kind.waits());
        if waits {
            self.book.slab.set_stop_price(handle, after.stop_price);
            return self.wait(handle, after.stop_price, events);
        }
        let limit_key = facing_key(side, self.tick.exact(after.price));
        if !self.crosses(side, limit_key) {
            return self.rest_again(handle, limit_key, events);
        }
        let order = *self.book.slab.get(handle);
        let incoming = Incoming {
            order,
            extras: self.book.slab.extras(&order),
            slot: Some(handle),
            limit_key,
        };
        self.enter(incoming, events);
        self.trigger_stops(events);
    }

    /// All reasons against it, in the order of their table.
    #[inline]
    fn judge_replacement(&self, handle: Handle, command: &Command) -> Result<Replacement, Rejection> {
        self.check_phase()?;
        let order = self.book.slab.get(handle);
        let waits = order.kind.waits();
        let stop_before = if waits {
            self.book.slab.extras(order).stop_price
        } else {
            0
        };
        let mut after = Replacement {
            price: order.price,
            stop_price: stop_before,
            quantity: order.quantity,
            open: order.open,
            keeps_place: false,
        };
        if self.phase == Phase::Call && (order.time_in_force.is_immediate() || order.marks.is_post_only()) {
            return Err(Rejection::NotInCall);
        }
        if command.quantity != 0 {
            self.lot.count(command.quantity).ok_or(Rejection::BadQuantity)?;
            if command.quantity <= order.gone() {
                return Err(Rejection::QuantityBelowExecuted);
            }
            after.quantity = command.quantity;
            after.open = command.quantity - order.gone();
        }
        if command.price != 0 {
            let ticks = self.tick.count(command.price).filter(|_| order.kind.has_price());
            ticks.ok_or(Rejection::BadPrice)?;
            after.price = command.price;
        }
        if command.stop_price != 0 {
            let ticks = self.tick.count(command.stop_price).filter(|_| waits);
            ticks.ok_or(Rejection::BadStopPrice)?;
            after.stop_price = command.stop_price;
        }
        let same_price = after.price == order.price;
        let same_place = if waits {
            after.stop_price == stop_before
        } else {
            same_price
        };
        after.keeps_place = same_place && after.quantity <= order.quantity;
        let comes_in = !same_price || !after.keeps_place;
        if comes_in && order.kind.has_price() && !self.bands.contain(after.price) {
            return Err(Rejection::OutsideBand);
        }
        self.check_overflow(order.side(), after.open, order.open)?;
        if waits {
            self.check_trigger(order.side(), after.stop_price)?;
        }
        if order.marks.is_post_only() && !after.keeps_place {
            let limit_key = facing_key(order.side(), self.tick.exact(after.price));
            if self.crosses(order.side(), limit_key) {
                return Err(Rejection::WouldTake);
            }
        }
        Ok(after)
    }
}
