//! Orders in words that all venues share: what is asked of a venue, and what its answer proves.

use contracts::{OrderType, Side, TimeInForce};

use crate::fixed::Scale;

/// An order as a venue is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub client_order_id: String,
    /// The venue's own name of the instrument.
    pub symbol: String,
    pub side: Side,
    pub order_type: OrderType,
    pub time_in_force: TimeInForce,
    /// In units of `quantity_scale`.
    pub quantity: i64,
    /// In units of `price_scale`; none for a market order.
    pub price: Option<i64>,
    /// It rests, or the venue refuses it.
    pub post_only: bool,
    /// Good till then, ns since 1970.
    pub expires_ns: Option<i64>,
    pub quantity_scale: Scale,
    pub price_scale: Scale,
}

/// What a venue is asked about one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Take this order.
    Place,
    /// How does the order with this client id stand?
    Find,
    /// Take it out of the book.
    Cancel,
    /// Its fills, oldest first, with trade ids from `from_trade_id` on.
    Fills {
        venue_order_id: String,
        from_trade_id: Option<i64>,
    },
}

/// Where an order stands at the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Working,
    Filled,
    Cancelled,
    Expired,
    Rejected,
}

/// An order as the venue shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderView {
    pub venue_order_id: String,
    pub standing: Standing,
    /// The venue's own word for it.
    pub status: String,
    /// Filled so far, in units of the ticket's `quantity_scale`.
    pub executed: i64,
    /// The venue's time of the last change, ns since 1970.
    pub event_ns: i64,
    /// The fills that came with it; empty where the venue gives them on request only.
    pub fills: Vec<Fill>,
}

/// One trade of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    pub trade_id: i64,
    /// In units of the ticket's `price_scale`.
    pub price: i64,
    /// In units of the ticket's `quantity_scale`.
    pub quantity: i64,
    pub fee: Fee,
    pub event_ns: i64,
}

/// A fee, exactly: `amount * 10^exponent` of `asset`; negative for a rebate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    pub amount: i64,
    pub exponent: i32,
    pub asset: String,
}

/// What an answer proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The venue has the order, and so it stands.
    Order(OrderView),
    /// Its fills; `more` if the venue cut the list.
    Fills { fills: Vec<Fill>, more: bool },
    /// The venue shows no order with this client id now.
    Absent,
    /// The venue has an order with this client id already.
    Duplicate,
    /// Looked at and turned down for good, without effect: the venue's own words.
    Refused(String),
    /// Not looked at: too many requests. Wait for so long; the venue did not always say how long.
    Busy { wait_ms: Option<u64> },
    /// Not looked at: its timestamp is not within the venue's window.
    ClockOff,
    /// The request did not leave this machine.
    NotSent(String),
    /// The request may have had its effect or not.
    Unknown(String),
}
