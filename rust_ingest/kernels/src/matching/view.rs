//! What is read from a book.

use super::auction::Candidate;
use super::codes::{Kind, Phase, SelfTrade, Side, TimeInForce};
use super::engine::{MatchingEngine, facing_key};
use super::ladder::Ladder;
use super::order::Handle;

/// One price of a side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    pub price: i64,
    /// Sum of what its orders show.
    pub displayed: i64,
    pub orders: u32,
}

/// A live order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderView {
    pub order_id: u64,
    /// Running number of its acceptance, from 1.
    pub entry: u64,
    pub owner: u32,
    pub side: Side,
    /// A stop that was triggered is a limit order.
    pub kind: Kind,
    pub time_in_force: TimeInForce,
    pub self_trade: SelfTrade,
    pub post_only: bool,
    /// Limit price, 0 without one.
    pub price: i64,
    /// Stop price while it waits, else 0.
    pub stop_price: i64,
    /// Total, with what was executed and reduced.
    pub quantity: i64,
    /// What can still trade.
    pub open_quantity: i64,
    /// What of it the book shows; 0 while a stop waits.
    pub displayed: i64,
    /// What an iceberg shows at most, 0 for other orders.
    pub display_quantity: i64,
    /// End of a gtd order, else 0.
    pub expires_ns: i64,
}

impl MatchingEngine {
    /// Resting prices, the best first, at most so many.
    pub fn depth(&self, side: Side, levels: Option<usize>) -> impl Iterator<Item = Depth> {
        let all = self.book.side(side).resting.levels();
        all.take(levels.unwrap_or(usize::MAX)).map(|(_, level)| Depth {
            price: self.book.slab.get(level.head).price,
            displayed: level.displayed,
            orders: level.orders,
        })
    }

    /// Sum of what orders at a price show, 0 if there are none.
    pub fn displayed_at(&self, side: Side, price: i64) -> i64 {
        let ladder = &self.book.side(side).resting;
        let level = self
            .tick
            .count(price)
            .and_then(|ticks| ladder.find(-facing_key(side, ticks)));
        level.map_or(0, |level| level.displayed)
    }

    /// Resting orders by priority.
    pub fn orders(&self, side: Side) -> impl Iterator<Item = OrderView> {
        self.views(&self.book.side(side).resting)
    }

    /// Waiting stops, in the order in which they are triggered.
    pub fn stops(&self, side: Side) -> impl Iterator<Item = OrderView> {
        self.views(&self.book.side(side).stops)
    }

    /// A live order.
    pub fn order(&self, order_id: u64) -> Option<OrderView> {
        self.book.find(order_id).map(|handle| self.view(handle))
    }

    /// How many orders are before a resting one at its price, and how much they show.
    pub fn queue_position(&self, order_id: u64) -> Option<(u64, i64)> {
        let slab = &self.book.slab;
        let handle = self.book.find(order_id)?;
        let order = slab.get(handle);
        if order.kind.waits() {
            return None;
        }
        let level = self.book.side(order.side()).resting.level(order.level);
        let before = level.queue(slab).take_while(|&other| other != handle);
        Some(before.fold((0, 0), |(orders, shown), other| {
            (orders + 1, shown + slab.shown(slab.get(other)))
        }))
    }

    /// The highest time of a command so far.
    pub fn time_ns(&self) -> i64 {
        self.journal.time_ns
    }

    /// Of the last event, 0 before the first.
    pub fn sequence(&self) -> u64 {
        self.journal.sequence
    }

    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Price of the last trade, 0 before the first.
    pub fn last_price(&self) -> i64 {
        self.last_price
    }

    /// Lowest and highest, 0 without one.
    pub fn bands(&self) -> (i64, i64) {
        (self.bands.low, self.bands.high)
    }

    pub fn tick_size(&self) -> i64 {
        self.tick.size()
    }

    pub fn lot_size(&self) -> i64 {
        self.lot.size()
    }

    /// Live orders.
    pub fn len(&self) -> usize {
        self.book.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory that the engine holds on the heap and in itself.
    pub fn resident_bytes(&self) -> usize {
        size_of::<Self>()
            + self.book.resident_bytes()
            + self.triggered.capacity() * size_of::<Handle>()
            + self.by_entry.capacity() * size_of::<(u64, Handle)>()
            + self.candidates.capacity() * size_of::<Candidate>()
    }

    fn views(&self, ladder: &Ladder) -> impl Iterator<Item = OrderView> {
        let queues = ladder.levels().map(|(_, level)| level.queue(&self.book.slab));
        queues.flatten().map(|handle| self.view(handle))
    }

    fn view(&self, handle: Handle) -> OrderView {
        let order = self.book.slab.get(handle);
        let extras = self.book.slab.extras(order);
        OrderView {
            order_id: order.id,
            entry: order.entry,
            owner: order.owner,
            side: order.side(),
            kind: order.kind,
            time_in_force: order.time_in_force,
            self_trade: order.self_trade,
            post_only: order.marks.is_post_only(),
            price: order.price,
            stop_price: extras.stop_price,
            quantity: order.quantity,
            open_quantity: order.open,
            displayed: if order.kind.waits() {
                0
            } else {
                self.book.slab.shown(order)
            },
            display_quantity: extras.display_quantity,
            expires_ns: extras.expires_ns,
        }
    }
}
