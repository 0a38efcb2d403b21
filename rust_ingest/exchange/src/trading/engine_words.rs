//! Our orders in the words of the matching engine.

use kernels::matching;

use super::order::{Kind, Order, SelfTrade, Side, TimeInForce};
use crate::clock::NS_PER_MS;
use crate::fixed::Fixed;

/// Client orders have ids below this, the market's own liquidity above.
pub const MARKET_IDS: u64 = 1 << 63;

/// A side.
pub fn side(side: Side) -> matching::Side {
    match side {
        Side::Buy => matching::Side::Buy,
        Side::Sell => matching::Side::Sell,
    }
}

/// Who the engine takes an account for: 0 is nobody there.
pub fn owner(account: usize) -> u32 {
    account as u32 + 1
}

fn self_trade(mode: SelfTrade) -> matching::SelfTrade {
    match mode {
        SelfTrade::None => matching::SelfTrade::None,
        SelfTrade::ExpireTaker => matching::SelfTrade::CancelNewest,
        SelfTrade::ExpireMaker => matching::SelfTrade::CancelOldest,
        SelfTrade::ExpireBoth => matching::SelfTrade::CancelBoth,
        SelfTrade::Decrement => matching::SelfTrade::Decrement,
    }
}

/// A new order: `quantity` of `order`, up to `limit` whatever its kind (None: at any price).
pub fn new_order(order: &Order, quantity: Fixed, limit: Option<Fixed>) -> matching::Command {
    let time_in_force = match order.time_in_force {
        _ if matches!(order.kind, Kind::Market | Kind::Stop) => matching::TimeInForce::Ioc,
        TimeInForce::Gtc | TimeInForce::Gtx => matching::TimeInForce::Gtc,
        TimeInForce::Gtd => matching::TimeInForce::Gtd,
        TimeInForce::Ioc => matching::TimeInForce::Ioc,
        TimeInForce::Fok => matching::TimeInForce::Fok,
    };
    let kind = match (order.stop_price, limit) {
        (Some(_), _) => matching::Kind::StopLimit,
        (None, Some(_)) => matching::Kind::Limit,
        (None, None) => matching::Kind::Market,
    };
    matching::Command {
        owner: owner(order.account),
        kind: kind as u8,
        time_in_force: time_in_force as u8,
        stop_price: order.stop_price.map_or(0, |price| price.0),
        display_quantity: order.iceberg.map_or(0, |shown| shown.0),
        expires_ns: order.good_till_ms.map_or(0, ns),
        self_trade: self_trade(order.self_trade) as u8,
        post_only: u8::from(order.is_post_only()),
        ..matching::Command::limit(order.id, side(order.side), limit.map_or(0, |price| price.0), quantity.0)
    }
}

fn ns(ms: u64) -> i64 {
    i64::try_from(ms.saturating_mul(NS_PER_MS)).unwrap_or(i64::MAX)
}
