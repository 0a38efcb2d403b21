//! From an order record to what Binance is told, or why that order cannot be told.

use contracts::{New, OrderType, TimeInForce};

use super::market::Market;
use crate::fixed::Scale;
use crate::orders::Ticket;

/// Why an order cannot be put into this venue's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOrder {
    #[error("client order id {0:?} is not 1 to 36 characters of A-Z a-z 0-9 . : / _ -")]
    ClientOrderId(String),
    #[error("instrument {0:?} is none of this venue's: spot is like BTC-USDT, futures like BTC-USDT-PERP")]
    Instrument(String),
    #[error("exponent {0} is not within -18..=18")]
    Exponent(i32),
    #[error("quantity {0} is not positive")]
    Quantity(i64),
    #[error("a limit order needs a positive price and a market order none; this one has {0:?}")]
    Price(Option<i64>),
    #[error("post-only and good-till-date are of limit orders with time in force gtc; this one is {0:?} {1:?}")]
    NeverRests(OrderType, TimeInForce),
}

/// The order in the venue's words.
pub fn ticket(market: Market, order: &New<'_>) -> Result<Ticket, BadOrder> {
    if !is_client_order_id(order.client_order_id) {
        return Err(BadOrder::ClientOrderId(order.client_order_id.to_owned()));
    }
    let priced = match order.order_type {
        OrderType::Limit => order.price.is_some_and(|price| price > 0),
        OrderType::Market => order.price.is_none(),
    };
    if !priced {
        return Err(BadOrder::Price(order.price));
    }
    if order.quantity <= 0 {
        return Err(BadOrder::Quantity(order.quantity));
    }
    let rests = order.order_type == OrderType::Limit && order.time_in_force == TimeInForce::Gtc;
    if !rests && (order.post_only || order.expires_ns.is_some()) {
        return Err(BadOrder::NeverRests(order.order_type, order.time_in_force));
    }
    Ok(Ticket {
        client_order_id: order.client_order_id.to_owned(),
        symbol: symbol(market, order.instrument).ok_or_else(|| BadOrder::Instrument(order.instrument.to_owned()))?,
        side: order.side,
        order_type: order.order_type,
        time_in_force: order.time_in_force,
        quantity: order.quantity,
        price: order.price,
        post_only: order.post_only,
        expires_ns: order.expires_ns,
        quantity_scale: scale(order.quantity_exponent)?,
        price_scale: scale(order.price_exponent)?,
    })
}

/// The venue's rule: `^[\.A-Z\:/a-z0-9_-]{1,36}$`.
fn is_client_order_id(id: &str) -> bool {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b".:/_-".contains(&byte);
    (1..=36).contains(&id.len()) && id.bytes().all(is_legal)
}

fn scale(exponent: i32) -> Result<Scale, BadOrder> {
    i8::try_from(exponent)
        .ok()
        .and_then(Scale::new)
        .ok_or(BadOrder::Exponent(exponent))
}

/// Undoes the normalised name: `BTC-USDT-PERP` is `BTCUSDT`, `BTC-USDT-250328` is `BTCUSDT_250328`.
fn symbol(market: Market, instrument: &str) -> Option<String> {
    let is_name = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let parts: Vec<&str> = instrument.split('-').collect();
    if !parts.iter().all(is_name) {
        return None;
    }
    match (market, parts.as_slice()) {
        (Market::Spot, [base, quote]) => Some(format!("{base}{quote}")),
        (Market::UsdM, [base, quote, "PERP"]) => Some(format!("{base}{quote}")),
        (Market::UsdM, [base, quote, delivery]) => Some(format!("{base}{quote}_{delivery}")),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use contracts::{Origin, Side, TimeInForce};

    pub(in super::super) fn limit_order() -> New<'static> {
        let origin = Origin {
            partition: 1,
            offset: 42,
            index: 0,
        };
        New {
            origin,
            account: "main",
            strategy: "ema_cross",
            client_order_id: "tf-0a1b2c3d-1-42-0",
            venue: "binance",
            instrument: "BTC-USDT",
            price_exponent: -9,
            quantity_exponent: -9,
            side: Side::Buy,
            order_type: OrderType::Limit,
            time_in_force: TimeInForce::Ioc,
            quantity: 14_000_000,
            price: Some(61_837_630_000_000),
            reference_price: 61_837_000_000_000,
            signal: origin,
            event_ns: 0,
            receive_ns: 0,
            post_only: false,
            expires_ns: None,
        }
    }

    #[test]
    fn instruments_become_symbols() {
        assert_eq!(symbol(Market::Spot, "BTC-USDT").as_deref(), Some("BTCUSDT"));
        assert_eq!(
            symbol(Market::UsdM, "1000PEPE-USDT-PERP").as_deref(),
            Some("1000PEPEUSDT")
        );
        assert_eq!(
            symbol(Market::UsdM, "BTC-USDT-250328").as_deref(),
            Some("BTCUSDT_250328")
        );
        assert_eq!(symbol(Market::Spot, "BTC-USDT-PERP"), None);
        assert_eq!(symbol(Market::UsdM, "BTC-USDT"), None);
        assert_eq!(symbol(Market::Spot, "BTC-US&side=SELL"), None);
    }

    #[test]
    fn an_order_that_cannot_be_told_says_why() {
        let refuse = |order: New<'_>| ticket(Market::Spot, &order).unwrap_err();
        let order = limit_order();
        assert_eq!(refuse(New { quantity: 0, ..order }), BadOrder::Quantity(0));
        assert_eq!(refuse(New { price: None, ..order }), BadOrder::Price(None));
        assert_eq!(
            refuse(New {
                order_type: OrderType::Market,
                ..order
            }),
            BadOrder::Price(order.price)
        );
        assert_eq!(
            refuse(New {
                price_exponent: -19,
                ..order
            }),
            BadOrder::Exponent(-19)
        );
        let (limit, ioc) = (OrderType::Limit, TimeInForce::Ioc);
        for order in [
            New {
                post_only: true,
                ..order
            },
            New {
                expires_ns: Some(1),
                ..order
            },
        ] {
            assert_eq!(refuse(order), BadOrder::NeverRests(limit, ioc));
        }
        let long = "x".repeat(37);
        assert_eq!(
            refuse(New {
                client_order_id: &long,
                ..order
            }),
            BadOrder::ClientOrderId(long.clone())
        );
        let spaced = New {
            client_order_id: "a&b",
            ..order
        };
        assert_eq!(refuse(spaced), BadOrder::ClientOrderId("a&b".to_owned()));
    }
}
