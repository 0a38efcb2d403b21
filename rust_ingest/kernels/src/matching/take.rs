//! A taker goes through the queues of the other side.

use super::codes::SelfTrade;
use super::engine::MatchingEngine;
use super::event::{Event, EventKind, Reason};
use super::order::{Handle, Order};

impl MatchingEngine {
    /// Trades as far as the limit goes. Nothing is open afterwards if self-trade prevention has cancelled what was left.
    #[inline]
    pub(super) fn take(&mut self, taker: &mut Order, limit_key: i64, events: &mut Vec<Event>) {
        let other_side = taker.side().opposite();
        while taker.open > 0
            && let Some(handle) = self.book.side(other_side).resting.first(limit_key)
        {
            if prevents(taker, self.book.slab.get(handle)) {
                self.prevent(taker, handle, events);
            } else {
                self.trade(taker, handle, events);
            }
        }
    }

    #[inline]
    fn trade(&mut self, taker: &mut Order, handle: Handle, events: &mut Vec<Event>) {
        let (side, slab) = self.book.side_and_slab(taker.side().opposite());
        let shown = slab.shown(slab.get(handle));
        let quantity = taker.open.min(shown);
        taker.open -= quantity;
        let maker = slab.get_mut(handle);
        maker.open -= quantity;
        let (price, left) = (maker.price, maker.open);
        side.open -= quantity;
        side.resting.level_mut(maker.level).displayed -= quantity;
        self.traded.add(price);
        self.last_price = price;
        self.journal.say(events, Event::of_trade(taker, maker, price, quantity));
        slab.set_shown(handle, shown - quantity);
        if left == 0 {
            self.book.delete(handle);
        } else if quantity == shown {
            self.refresh(handle, events);
        }
    }

    /// The next part of an iceberg is shown, at the end of the queue.
    fn refresh(&mut self, handle: Handle, events: &mut Vec<Event>) {
        let maker = *self.book.slab.get(handle);
        let (side, slab) = self.book.side_and_slab(maker.side());
        let shown = slab.extras(&maker).shows_of(maker.open);
        side.resting.requeue(slab, handle, shown);
        let event = Event {
            quantity: shown,
            left: maker.open,
            ..Event::of(EventKind::Refreshed, &maker)
        };
        self.journal.say(events, event);
    }

    /// The taker meets an order of its own owner.
    fn prevent(&mut self, taker: &mut Order, handle: Handle, events: &mut Vec<Event>) {
        let maker = *self.book.slab.get(handle);
        let (from_maker, from_taker) = match taker.self_trade {
            SelfTrade::None | SelfTrade::CancelNewest => (0, taker.open),
            SelfTrade::CancelOldest => (maker.open, 0),
            SelfTrade::CancelBoth => (maker.open, taker.open),
            SelfTrade::Decrement => {
                let both = maker.open.min(taker.open);
                (both, both)
            }
        };
        if from_maker == maker.open {
            self.journal.say_cancelled(events, &maker, Reason::SelfTrade);
            self.book.delete(handle);
        } else if from_maker > 0 {
            let left = self.book.reduce(handle, from_maker);
            self.journal
                .say_reduced(events, &maker, from_maker, left, Reason::SelfTrade);
        }
        if from_taker == taker.open {
            self.journal.say_cancelled(events, taker, Reason::SelfTrade);
            taker.open = 0;
        } else if from_taker > 0 {
            taker.open -= from_taker;
            self.journal
                .say_reduced(events, taker, from_taker, taker.open, Reason::SelfTrade);
        }
    }
}

/// Whether the two may not trade with each other.
#[inline]
pub(super) fn prevents(taker: &Order, maker: &Order) -> bool {
    taker.self_trade != SelfTrade::None && taker.owner == maker.owner && taker.owner != 0
}
