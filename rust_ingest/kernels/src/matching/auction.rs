//! The uncrossing: one price for all that can trade.

use super::codes::Side;
use super::engine::MatchingEngine;
use super::event::{Event, EventKind, PLACE_KEPT, UNCROSSING};
use super::ladder::ANY_KEY;
use super::order::Handle;

/// A price of the overlap of both sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    price: i64,
    /// Bought at this price or higher, before the sum: at this price.
    bought: i64,
    /// Sold at this price or lower, before the sum: at this price.
    sold: i64,
}

impl Candidate {
    fn volume(&self) -> i64 {
        self.bought.min(self.sold)
    }

    /// Positive on the buy side.
    fn surplus(&self) -> i64 {
        self.bought - self.sold
    }
}

/// What the uncrossing comes to.
struct Outcome {
    price: i64,
    volume: i64,
}

impl MatchingEngine {
    /// Trades what is crossed, at one price. Nothing happens if nothing is crossed.
    pub(super) fn uncross(&mut self, events: &mut Vec<Event>) {
        self.collect_candidates();
        let outcome = outcome(&self.candidates, self.last_price);
        self.candidates.clear();
        let Some(Outcome { price, volume }) = outcome else {
            return;
        };
        let event = Event {
            price,
            quantity: volume,
            ..Event::of_market(EventKind::Uncrossed)
        };
        self.journal.say(events, event);
        self.last_price = price;
        self.traded.add(price);
        let mut left = volume;
        let mut partly = None;
        while left > 0
            && let Some(buy) = self.first(Side::Buy)
            && let Some(sell) = self.first(Side::Sell)
        {
            let slab = &self.book.slab;
            let quantity = left.min(slab.get(buy).open).min(slab.get(sell).open);
            left -= quantity;
            self.trade_at(price, quantity, buy, sell, events);
            partly = [buy, sell]
                .into_iter()
                .find(|&handle| self.book.slab.get(handle).open > 0);
            self.drop_filled(buy);
            self.drop_filled(sell);
        }
        if let Some(handle) = partly {
            self.show_again(handle, events);
        }
    }

    fn first(&self, side: Side) -> Option<Handle> {
        self.book.side(side).resting.first(ANY_KEY)
    }

    /// Prices of the overlap, ascending, with what is bought and sold at each or better.
    fn collect_candidates(&mut self) {
        let mut candidates = std::mem::take(&mut self.candidates);
        for side in [Side::Buy, Side::Sell] {
            let limit_key = -self.book.side(side.opposite()).resting.best_key().max(-i64::MAX);
            let slab = &self.book.slab;
            for (key, level) in self.book.side(side).resting.levels() {
                if key < limit_key {
                    break;
                }
                let open = level.queue(slab).map(|handle| slab.get(handle).open).sum();
                let (bought, sold) = if side == Side::Buy { (open, 0) } else { (0, open) };
                let price = slab.get(level.head).price;
                candidates.push(Candidate { price, bought, sold });
            }
        }
        candidates.sort_unstable_by_key(|candidate| candidate.price);
        candidates.dedup_by(|next, kept| {
            let same = next.price == kept.price;
            if same {
                kept.bought += next.bought;
                kept.sold += next.sold;
            }
            same
        });
        let mut sold = 0;
        for candidate in &mut candidates {
            sold += candidate.sold;
            candidate.sold = sold;
        }
        let mut bought = 0;
        for candidate in candidates.iter_mut().rev() {
            bought += candidate.bought;
            candidate.bought = bought;
        }
        self.candidates = candidates;
    }

    fn trade_at(&mut self, price: i64, quantity: i64, buy: Handle, sell: Handle, events: &mut Vec<Event>) {
        for handle in [buy, sell] {
            let order = self.book.slab.get(handle);
            let open = order.open - quantity;
            let shown = self.book.slab.extras(order).shows_of(open);
            self.book.resize(handle, open, shown);
        }
        let (buy, sell) = (self.book.slab.get(buy), self.book.slab.get(sell));
        let event = Event {
            flags: UNCROSSING,
            ..Event::of_trade(buy, sell, price, quantity)
        };
        self.journal.say(events, event);
    }

    fn drop_filled(&mut self, handle: Handle) {
        if self.book.slab.get(handle).open == 0 {
            self.book.delete(handle);
        }
    }

    /// An iceberg that traded in part says what it shows now; it has kept its place.
    fn show_again(&mut self, handle: Handle, events: &mut Vec<Event>) {
        let order = self.book.slab.get(handle);
        let extras = self.book.slab.extras(order);
        if extras.display_quantity == 0 {
            return;
        }
        let event = Event {
            quantity: extras.shown,
            left: order.open,
            flags: PLACE_KEPT,
            ..Event::of(EventKind::Refreshed, order)
        };
        self.journal.say(events, event);
    }
}

/// The price of the highest volume; of several the one of the smallest surplus; then by the side that has the surplus, or
/// nearest to the last price.
fn outcome(candidates: &[Candidate], last_price: i64) -> Option<Outcome> {
    let volume = candidates
        .iter()
        .map(Candidate::volume)
        .max()
        .filter(|&volume| volume > 0)?;
    let fullest = || candidates.iter().filter(|candidate| candidate.volume() == volume);
    let surplus = fullest().map(|candidate| candidate.surplus().abs()).min()?;
    let best = || fullest().filter(|candidate| candidate.surplus().abs() == surplus);
    let (lowest, highest) = (best().next()?.price, best().next_back()?.price);
    let price = if best().all(|candidate| candidate.surplus() > 0) {
        highest
    } else if best().all(|candidate| candidate.surplus() < 0) || last_price == 0 {
        lowest
    } else {
        last_price.clamp(lowest, highest)
    };
    Some(Outcome { price, volume })
}
