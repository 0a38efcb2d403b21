//! An order becomes another, in its place where the rules let it.

use super::codes::Phase;
use super::command::Command;
use super::engine::{MatchingEngine, facing_key};
use super::enter::Incoming;
use super::event::{Event, EventKind, PLACE_KEPT};
use super::order::{Extras, Handle, Order};
use super::rejection::Rejection;

/// What an order shall be.
struct Replacement {
    order: Order,
    extras: Extras,
    keeps_place: bool,
}

impl MatchingEngine {
    #[inline]
    pub(super) fn replace(&mut self, command: &Command, events: &mut Vec<Event>) -> Result<(), Rejection> {
        let handle = self.own_order(command)?;
        let Replacement {
            order,
            extras,
            keeps_place,
        } = self.judge_replacement(handle, command)?;
        let event = Event {
            price: order.price,
            quantity: order.quantity,
            left: order.open,
            other: extras.stop_price.cast_unsigned(),
            flags: if keeps_place { PLACE_KEPT } else { 0 },
            ..Event::of(EventKind::Replaced, &order)
        };
        self.journal.say(events, event);
        if keeps_place {
            self.replace_in_place(handle, &order);
            return Ok(());
        }
        self.book.withdraw(handle);
        if order.kind.waits() {
            self.book.slab.put_back(handle, order, extras);
            self.wait(handle, extras.stop_price, events);
            return Ok(());
        }
        let incoming = Incoming {
            order,
            extras,
            slot: Some(handle),
            limit_key: self.limit_key(&order),
        };
        self.enter(incoming, events);
        self.trigger_stops(events);
        Ok(())
    }

    fn replace_in_place(&mut self, handle: Handle, order: &Order) {
        let before = self.book.slab.get(handle).open;
        self.book.reduce(handle, before - order.open);
        let standing = self.book.slab.get_mut(handle);
        standing.price = order.price;
        standing.quantity = order.quantity;
    }

    /// All reasons against it, in the order of their table.
    fn judge_replacement(&self, handle: Handle, command: &Command) -> Result<Replacement, Rejection> {
        self.check_phase()?;
        let before = *self.book.slab.get(handle);
        let mut order = before;
        let mut extras = self.book.slab.extras(&order);
        let stop_before = extras.stop_price;
        if self.phase == Phase::Call && (order.time_in_force.is_immediate() || order.marks.is_post_only()) {
            return Err(Rejection::NotInCall);
        }
        if command.quantity != 0 {
            self.lot.count(command.quantity).ok_or(Rejection::BadQuantity)?;
            if command.quantity <= before.gone() {
                return Err(Rejection::QuantityBelowExecuted);
            }
            order.quantity = command.quantity;
            order.open = command.quantity - before.gone();
        }
        if command.price != 0 {
            let ticks = self.tick.count(command.price).filter(|_| order.kind.has_price());
            ticks.ok_or(Rejection::BadPrice)?;
            order.price = command.price;
        }
        if command.stop_price != 0 {
            let ticks = self.tick.count(command.stop_price).filter(|_| order.kind.waits());
            ticks.ok_or(Rejection::BadStopPrice)?;
            extras.stop_price = command.stop_price;
        }
        let same_place = match order.kind.waits() {
            true => extras.stop_price == stop_before,
            false => order.price == before.price,
        };
        let keeps_place = same_place && order.quantity <= before.quantity;
        let comes_in = order.price != before.price || !keeps_place;
        if comes_in && order.kind.has_price() && !self.bands.contain(order.price) {
            return Err(Rejection::OutsideBand);
        }
        self.check_overflow(order.side(), order.open, before.open)?;
        if order.kind.waits() {
            self.check_trigger(order.side(), extras.stop_price)?;
        }
        if order.marks.is_post_only() && !keeps_place {
            self.check_take(order.side(), facing_key(order.side(), self.tick.floor(order.price)))?;
        }
        Ok(Replacement {
            order,
            extras,
            keeps_place,
        })
    }
}
