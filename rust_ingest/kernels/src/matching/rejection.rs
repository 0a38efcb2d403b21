//! Why a command changed nothing.

use thiserror::Error;

/// Numbered as the table of `docs/matching.md`, and looked for in that order.
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum Rejection {
    #[error("the command's time is before the engine's: send commands in the order of their times")]
    TimeBackwards = 1,
    #[error("a live order has this id: choose another")]
    DuplicateOrder = 2,
    #[error("no live order has this id: it was filled, cancelled or never accepted")]
    UnknownOrder = 3,
    #[error("the order is another owner's: send the owner that it was accepted with")]
    WrongOwner = 4,
    #[error("trading is halted: cancel or reduce, or wait until it opens")]
    Halted = 5,
    #[error("the market is closed: cancel or reduce, or wait until it opens")]
    Closed = 6,
    #[error(
        "market, ioc, fok and post-only orders are not taken in a call: send a limit order, or wait until it opens"
    )]
    NotInCall = 7,
    #[error("the quantity is not a positive number of whole lots")]
    BadQuantity = 8,
    #[error("the new total is not above what was executed and reduced: cancel the order instead")]
    QuantityBelowExecuted = 9,
    #[error("more than is open: reduce by less, or cancel the order")]
    QuantityAboveOpen = 10,
    #[error("the price is not a positive number of whole ticks, or this kind of order has none, or bands cross")]
    BadPrice = 11,
    #[error("the stop price is not a positive number of whole ticks, or this kind of order has none")]
    BadStopPrice = 12,
    #[error("the limit price is outside the price bands: move it inside")]
    OutsideBand = 13,
    #[error("the display quantity is not of whole lots up to the quantity, or the order never rests: leave it out")]
    BadDisplay = 14,
    #[error("the time in force does not go with the kind of order, or with its end")]
    BadTimeInForce = 15,
    #[error("only a resting limit order can be post-only")]
    BadPostOnly = 16,
    #[error("the open quantity of the side would leave 64 bits: send a smaller order")]
    Overflow = 17,
    #[error("the last trade is at or through the stop price: it would trigger at once")]
    WouldTrigger = 18,
    #[error("the post-only order would take: move its price away from the other side")]
    WouldTake = 19,
    #[error("a code of the command is none of its field's")]
    BadCommand = 255,
}

impl Rejection {
    /// Its byte in the answer to a batch.
    #[inline]
    pub fn code(self) -> u8 {
        self as u8
    }
}
