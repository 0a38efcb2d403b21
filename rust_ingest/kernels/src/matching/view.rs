//! What is read from a book.

use super::{Kind, SelfTrade, Side, TimeInForce};

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
    pub open: i64,
    /// What of it the book shows; 0 while a stop waits.
    pub displayed: i64,
    /// What an iceberg shows at most, 0 for other orders.
    pub display_quantity: i64,
    /// End of a gtd order, else 0.
    pub expires_ns: i64,
}
