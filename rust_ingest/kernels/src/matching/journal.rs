//! Numbers what happens.

use super::codes::Side;
use super::event::{Event, EventKind, Reason};
use super::order::Order;

#[derive(Debug, Clone, Copy)]
pub(super) struct Journal {
    /// Of the last event, 0 before the first.
    pub(super) sequence: u64,
    /// The highest of a command so far.
    pub(super) time_ns: i64,
}

impl Journal {
    #[inline]
    pub(super) fn say(&mut self, events: &mut Vec<Event>, event: Event) {
        self.sequence += 1;
        events.push(Event {
            sequence: self.sequence,
            time_ns: self.time_ns,
            ..event
        });
    }

    /// All of the order's open quantity goes.
    #[inline]
    pub(super) fn say_cancelled(&mut self, events: &mut Vec<Event>, order: &Order, reason: Reason) {
        let event = Event {
            quantity: order.open,
            reason: reason as u8,
            ..Event::of(EventKind::Cancelled, order)
        };
        self.say(events, event);
    }

    /// `quantity` of the order goes, `left` is still open.
    pub(super) fn say_reduced(
        &mut self,
        events: &mut Vec<Event>,
        order: &Order,
        quantity: i64,
        left: i64,
        reason: Reason,
    ) {
        let event = Event {
            quantity,
            left,
            reason: reason as u8,
            ..Event::of(EventKind::Reduced, order)
        };
        self.say(events, event);
    }
}

impl Event {
    #[inline]
    pub(super) fn of(kind: EventKind, order: &Order) -> Self {
        Self {
            order_id: order.id,
            owner: order.owner,
            side: order.side() as u8,
            kind: kind as u8,
            ..Self::default()
        }
    }

    /// Of no order.
    pub(super) fn of_market(kind: EventKind) -> Self {
        Self {
            kind: kind as u8,
            ..Self::default()
        }
    }

    /// `taker` (in an uncrossing: the buy) and `maker` (the sell) have traded, and have `open` left.
    #[inline]
    pub(super) fn of_trade(taker: &Order, maker: &Order, price: i64, quantity: i64) -> Self {
        Self {
            other: maker.id,
            other_owner: maker.owner,
            price,
            quantity,
            left: taker.open,
            other_left: maker.open,
            ..Self::of(EventKind::Traded, taker)
        }
    }
}

/// The lowest and highest price that a command has traded at.
#[derive(Debug, Clone, Copy)]
pub(super) struct TradedRange {
    pub(super) low: i64,
    pub(super) high: i64,
}

impl TradedRange {
    pub(super) const NOTHING: Self = Self { low: i64::MAX, high: 0 };

    #[inline]
    pub(super) fn add(&mut self, price: i64) {
        self.low = self.low.min(price);
        self.high = self.high.max(price);
    }

    #[inline]
    pub(super) fn is_nothing(&self) -> bool {
        self.high == 0
    }

    /// Whether a stop at this price is triggered by it.
    pub(super) fn reaches(&self, side: Side, stop_price: i64) -> bool {
        match side {
            Side::Buy => self.high >= stop_price,
            Side::Sell => self.low <= stop_price,
        }
    }
}
