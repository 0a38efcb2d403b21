//! Orders and fills.

use crate::clock::NS_PER_MS;
use crate::fixed::Fixed;

/// Which way an order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// Wants base for quote.
    Buy,
    /// Wants quote for base.
    Sell,
}

impl Side {
    /// The other one.
    pub fn opposite(self) -> Side {
        match self {
            Side::Buy => Side::Sell,
            Side::Sell => Side::Buy,
        }
    }

    /// As the venue writes it.
    pub fn name(self) -> &'static str {
        match self {
            Side::Buy => "BUY",
            Side::Sell => "SELL",
        }
    }
}

/// What kind of order it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// At a price or better.
    Limit,
    /// At a price, and only if it rests (spot; futures say LIMIT with GTX).
    LimitMaker,
    /// At any price.
    Market,
    /// At any price, once a trade has reached its stop price.
    Stop,
    /// At a price or better, once a trade has reached its stop price.
    StopLimit,
}

/// What happens when an order would trade with one of the same account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SelfTrade {
    /// They trade.
    #[default]
    None,
    /// The order that came last expires.
    ExpireTaker,
    /// The order that rests expires.
    ExpireMaker,
    /// Both expire.
    ExpireBoth,
    /// Both lose what the smaller has; it expires.
    Decrement,
}

impl SelfTrade {
    /// As the venue writes it.
    pub fn name(self) -> &'static str {
        match self {
            SelfTrade::None => "NONE",
            SelfTrade::ExpireTaker => "EXPIRE_TAKER",
            SelfTrade::ExpireMaker => "EXPIRE_MAKER",
            SelfTrade::ExpireBoth => "EXPIRE_BOTH",
            SelfTrade::Decrement => "DECREMENT",
        }
    }
}

/// What happens with what is not filled at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInForce {
    /// It rests until cancelled.
    Gtc,
    /// It expires.
    Ioc,
    /// All of it is filled at once, or nothing.
    Fok,
    /// It rests; an order that would not rest is refused (futures).
    Gtx,
    /// It rests until a date (futures).
    Gtd,
}

impl TimeInForce {
    /// As the venue writes it.
    pub fn name(self) -> &'static str {
        match self {
            TimeInForce::Gtc => "GTC",
            TimeInForce::Ioc => "IOC",
            TimeInForce::Fok => "FOK",
            TimeInForce::Gtx => "GTX",
            TimeInForce::Gtd => "GTD",
        }
    }
}

/// Where an order is in its life. A refused order has no status: it never came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Accepted, nothing filled.
    New,
    /// Resting with a part filled.
    PartiallyFilled,
    /// All filled.
    Filled,
    /// Cancelled by its owner.
    Canceled,
    /// Ended by its own rules: the rest of an IOC or market order, an FOK that could not be filled.
    Expired,
    /// Ended so that its owner does not trade with himself.
    ExpiredInMatch,
}

impl Status {
    /// As the venue writes it.
    pub fn name(self) -> &'static str {
        match self {
            Status::New => "NEW",
            Status::PartiallyFilled => "PARTIALLY_FILLED",
            Status::Filled => "FILLED",
            Status::Canceled => "CANCELED",
            Status::Expired => "EXPIRED",
            Status::ExpiredInMatch => "EXPIRED_IN_MATCH",
        }
    }

    /// Whether it can still be filled.
    pub fn is_open(self) -> bool {
        matches!(self, Status::New | Status::PartiallyFilled)
    }
}

/// How much is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So much base.
    Base(Fixed),
    /// Base for so much quote (market orders on spot).
    Quote(Fixed),
}

/// An order as it is asked for.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Number of the account whose order it is.
    pub account: usize,
    /// `BTCUSDT`
    pub symbol: String,
    /// Chosen by the client, or by us if it did not choose.
    pub client_order_id: Option<String>,
    /// Which way.
    pub side: Side,
    /// What kind.
    pub kind: Kind,
    /// What happens with the rest.
    pub time_in_force: TimeInForce,
    /// The limit; None for market orders.
    pub price: Option<Fixed>,
    /// The price of the trade that it waits for.
    pub stop_price: Option<Fixed>,
    /// How much of an iceberg is shown.
    pub iceberg: Option<Fixed>,
    /// When a GTD order ends, ms.
    pub good_till_ms: Option<u64>,
    /// What happens when it would trade with one of the same account.
    pub self_trade: SelfTrade,
    /// How much.
    pub amount: Amount,
    /// It may only make a position smaller (futures).
    pub reduce_only: bool,
}

/// An order that was accepted.
#[derive(Clone, Debug)]
pub struct Order {
    /// The venue's id.
    pub id: u64,
    /// Number of the account whose order it is.
    pub account: usize,
    /// The client's id.
    pub client_order_id: String,
    /// `BTCUSDT`
    pub symbol: String,
    /// Number of its listing.
    pub listing: usize,
    /// Which way.
    pub side: Side,
    /// What kind.
    pub kind: Kind,
    /// What happens with the rest.
    pub time_in_force: TimeInForce,
    /// The limit; None for market orders.
    pub price: Option<Fixed>,
    /// The price of the trade that it waits for, or has waited for.
    pub stop_price: Option<Fixed>,
    /// How much of an iceberg is shown.
    pub iceberg: Option<Fixed>,
    /// When a GTD order ends, ms.
    pub good_till_ms: Option<u64>,
    /// What happens when it would trade with one of the same account.
    pub self_trade: SelfTrade,
    /// How much base was ordered; for an order by quote, how much was filled.
    pub quantity: Fixed,
    /// How much quote was ordered, if it was ordered so.
    pub quote_quantity: Option<Fixed>,
    /// It may only make a position smaller.
    pub reduce_only: bool,
    /// How much base was filled.
    pub executed: Fixed,
    /// How much quote that took.
    pub executed_quote: Fixed,
    /// How much base is gone because its owner may not trade with himself.
    pub prevented: Fixed,
    /// Funds that are set aside for what is open of it.
    pub locked: Fixed,
    /// Where it is in its life.
    pub status: Status,
    /// It is in the book or was; false while it waits for its stop price.
    pub is_working: bool,
    /// When it arrived, ns.
    pub arrived_ns: u64,
    /// When it last changed, ms.
    pub updated_ms: u64,
    /// Its fills, by number in the ledger.
    pub fills: Vec<usize>,
}

impl Order {
    /// When it was accepted, ms: orders are accepted as they arrive.
    pub fn created_ms(&self) -> u64 {
        self.arrived_ns / NS_PER_MS
    }

    /// How much base is still wanted.
    pub fn remaining(&self) -> Fixed {
        Fixed(self.quantity.0 - self.executed.0 - self.prevented.0)
    }

    /// Whether it must not take.
    pub fn is_post_only(&self) -> bool {
        self.kind == Kind::LimitMaker || self.time_in_force == TimeInForce::Gtx
    }
}

/// A part of an order that was filled.
#[derive(Clone, Debug)]
pub struct Fill {
    /// The venue's trade id.
    pub id: u64,
    /// The order.
    pub order_id: u64,
    /// Price.
    pub price: Fixed,
    /// Quantity.
    pub quantity: Fixed,
    /// Price times quantity.
    pub quote: Fixed,
    /// The fee.
    pub commission: Fixed,
    /// The asset in which the fee was paid.
    pub commission_asset: String,
    /// Profit or loss that it realised on a position (futures).
    pub realized_profit: Fixed,
    /// Whether the order was resting.
    pub is_maker: bool,
    /// When, ms.
    pub time_ms: u64,
}
