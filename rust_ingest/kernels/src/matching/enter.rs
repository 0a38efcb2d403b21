//! An order comes in: it takes what it can, and what is left rests or is cancelled.

use super::codes::{Kind, Phase, TimeInForce};
use super::engine::MatchingEngine;
use super::event::{Event, EventKind, Reason};
use super::order::{Extras, Handle, Order};

/// An order on its way through the book, in no queue.
pub(super) struct Incoming {
    pub(super) order: Order,
    pub(super) extras: Extras,
    /// Where it lived before, if it comes in again or was triggered.
    pub(super) slot: Option<Handle>,
    /// How far it goes, in keys of the other side.
    pub(super) limit_key: i64,
}

impl MatchingEngine {
    #[inline]
    pub(super) fn enter(&mut self, mut incoming: Incoming, events: &mut Vec<Event>) {
        let order = &mut incoming.order;
        let mut left_over = match (order.kind, order.time_in_force) {
            (Kind::Market, _) => Some(Reason::NoLiquidity),
            (_, TimeInForce::Ioc) => Some(Reason::Ioc),
            _ => None,
        };
        if self.phase == Phase::Open {
            if order.time_in_force == TimeInForce::Fok && !self.fills_whole(order, incoming.limit_key) {
                left_over = Some(Reason::Fok);
            } else {
                self.take(order, incoming.limit_key, events);
            }
        }
        match left_over {
            _ if order.open == 0 => self.leave(incoming.slot),
            None => self.rest(incoming, events),
            Some(reason) => {
                self.journal.say_cancelled(events, order, reason);
                self.leave(incoming.slot);
            }
        }
    }

    /// A new order that meets nobody rests.
    #[inline(always)]
    pub(super) fn rest_anew(&mut self, order: Order, mut extras: Extras, limit_key: i64, events: &mut Vec<Event>) {
        extras.shown = extras.shows_of(order.open);
        let handle = self.book.admit(order, extras);
        self.book.rest(handle, -limit_key);
        self.journal.say(events, rested(&order, extras.shown));
    }

    /// An order that has its slot rests.
    #[inline]
    pub(super) fn rest_again(&mut self, handle: Handle, limit_key: i64, events: &mut Vec<Event>) {
        let order = self.book.slab.get(handle);
        let shown = self.book.slab.extras(order).shows_of(order.open);
        self.book.slab.set_shown(handle, shown);
        self.book.rest(handle, -limit_key);
        let event = rested(self.book.slab.get(handle), shown);
        self.journal.say(events, event);
    }

    fn rest(&mut self, incoming: Incoming, events: &mut Vec<Event>) {
        let Incoming {
            order,
            extras,
            slot,
            limit_key,
        } = incoming;
        match slot {
            None => self.rest_anew(order, extras, limit_key, events),
            Some(handle) => {
                self.book.slab.put_back(handle, order, extras);
                self.rest_again(handle, limit_key, events);
            }
        }
    }

    #[inline]
    fn leave(&mut self, slot: Option<Handle>) {
        if let Some(handle) = slot {
            self.book.release(handle);
        }
    }
}

#[inline(always)]
fn rested(order: &Order, shown: i64) -> Event {
    Event {
        price: order.price,
        quantity: shown,
        left: order.open,
        ..Event::of(EventKind::Rested, order)
    }
}
