//! Stops wait by their stop price until a trade triggers them.

use super::codes::{Kind, Side, TimeInForce};
use super::engine::{MatchingEngine, facing_key};
use super::enter::Incoming;
use super::event::{Event, EventKind, STOP};
use super::journal::TradedRange;
use super::order::Handle;

impl MatchingEngine {
    /// A stop that is in no queue joins that of its stop price.
    pub(super) fn wait(&mut self, handle: Handle, stop_price: i64, events: &mut Vec<Event>) {
        let order = *self.book.slab.get(handle);
        self.book
            .wait(handle, facing_key(order.side(), self.tick.exact(stop_price)));
        let event = Event {
            price: stop_price,
            left: order.open,
            flags: STOP,
            ..Event::of(EventKind::Rested, &order)
        };
        self.journal.say(events, event);
    }

    /// What was traded triggers stops, and these others, until none is left.
    #[inline]
    pub(super) fn trigger_stops(&mut self, events: &mut Vec<Event>) {
        if self.traded.is_nothing() {
            return;
        }
        self.queue_triggered();
        if self.triggered.is_empty() {
            return;
        }
        let mut next = 0;
        while let Some(&handle) = self.triggered.get(next) {
            self.enter_triggered(handle, events);
            self.queue_triggered();
            next += 1;
        }
        self.triggered.clear();
    }

    #[inline]
    fn queue_triggered(&mut self) {
        let traded = std::mem::replace(&mut self.traded, TradedRange::NOTHING);
        for (side, price) in [(Side::Buy, traded.high), (Side::Sell, traded.low)] {
            if traded.is_nothing() || self.book.side(side).stops.is_empty() {
                continue;
            }
            let reached = facing_key(side, self.tick.exact(price));
            while let Some(handle) = self.book.side(side).stops.first(reached) {
                self.book.withdraw(handle);
                self.triggered.push(handle);
            }
        }
    }

    fn enter_triggered(&mut self, handle: Handle, events: &mut Vec<Event>) {
        let mut order = *self.book.slab.get(handle);
        let mut extras = self.book.slab.extras(&order);
        let event = Event {
            price: extras.stop_price,
            ..Event::of(EventKind::Triggered, &order)
        };
        self.journal.say(events, event);
        extras.stop_price = 0;
        if order.kind == Kind::Stop {
            order.kind = Kind::Market;
            order.time_in_force = TimeInForce::Ioc;
        } else {
            order.kind = Kind::Limit;
        }
        let incoming = Incoming {
            order,
            extras,
            slot: Some(handle),
            limit_key: self.limit_key(&order),
        };
        self.enter(incoming, events);
    }
}
