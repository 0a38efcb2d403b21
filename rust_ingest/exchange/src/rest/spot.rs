//! Spot orders, trades and accounts as JSON. The sums are called `cummulative`, as the venue spells it.

use serde_json::{Map, Value, json};

use super::new_order::ResponseType;
use crate::fixed::Fixed;
use crate::trading::account::Spot;
use crate::trading::desk::Fees;
use crate::trading::ledger::Ledger;
use crate::trading::order::{Fill, Kind, Order};

fn text(value: Fixed) -> String {
    value.text(8).to_string()
}

/// The order's type as the venue writes it.
pub fn kind_name(order: &Order) -> &'static str {
    match order.kind {
        Kind::Limit => "LIMIT",
        Kind::LimitMaker => "LIMIT_MAKER",
        Kind::Market => "MARKET",
        Kind::Stop => "STOP_LOSS",
        Kind::StopLimit => "STOP_LOSS_LIMIT",
    }
}

/// The fields that every view of an order has.
fn state(order: &Order) -> Map<String, Value> {
    let fields = json!({
        "symbol": order.symbol,
        "orderId": order.id,
        "orderListId": -1,
        "clientOrderId": order.client_order_id,
        "price": text(order.price.unwrap_or_default()),
        "origQty": text(order.quantity),
        "executedQty": text(order.executed),
        "origQuoteOrderQty": text(order.quote_quantity.unwrap_or_default()),
        "cummulativeQuoteQty": text(order.executed_quote),
        "status": order.status.name(),
        "timeInForce": order.time_in_force.name(),
        "type": kind_name(order),
        "side": order.side.name(),
        "selfTradePreventionMode": order.self_trade.name(),
    });
    let Value::Object(mut fields) = fields else {
        unreachable!("json! of braces makes an object")
    };
    // "Conditional fields": there when they say something.
    for (name, value) in [("stopPrice", order.stop_price), ("icebergQty", order.iceberg)] {
        if let Some(value) = value {
            fields.insert(name.to_owned(), json!(text(value)));
        }
    }
    if order.prevented.0 > 0 {
        fields.insert("preventedQuantity".to_owned(), json!(text(order.prevented)));
    }
    fields
}

/// The answer to a new order.
pub fn placed(order: &Order, ledger: &Ledger, response: ResponseType) -> Value {
    if response == ResponseType::Ack {
        return json!({
            "symbol": order.symbol,
            "orderId": order.id,
            "orderListId": -1,
            "clientOrderId": order.client_order_id,
            "transactTime": order.created_ms(),
        });
    }
    let mut fields = state(order);
    fields.insert("transactTime".to_owned(), json!(order.created_ms()));
    fields.insert("workingTime".to_owned(), json!(order.created_ms()));
    if response == ResponseType::Full {
        let fill = |fill: &Fill| {
            json!({
                "price": text(fill.price),
                "qty": text(fill.quantity),
                "commission": text(fill.commission),
                "commissionAsset": fill.commission_asset,
                "tradeId": fill.id,
            })
        };
        fields.insert("fills".to_owned(), ledger.fills_of(order).map(fill).collect());
    }
    Value::Object(fields)
}

/// The answer to a cancel; `cancel_id` is the cancel's own client id.
pub fn canceled(order: &Order, cancel_id: &str) -> Value {
    let mut fields = state(order);
    fields.insert("origClientOrderId".to_owned(), json!(order.client_order_id));
    fields.insert("clientOrderId".to_owned(), json!(cancel_id));
    fields.insert("transactTime".to_owned(), json!(order.updated_ms));
    Value::Object(fields)
}

/// The order in the answer to an amendment; `former` is the client id that it had before.
pub fn amended(order: &Order, former: &str) -> Value {
    json!({
        "symbol": order.symbol,
        "orderId": order.id,
        "orderListId": -1,
        "origClientOrderId": former,
        "clientOrderId": order.client_order_id,
        "price": text(order.price.unwrap_or_default()),
        "qty": text(order.quantity),
        "executedQty": text(order.executed),
        "preventedQty": text(order.prevented),
        "quoteOrderQty": text(order.quote_quantity.unwrap_or_default()),
        "cumulativeQuoteQty": text(order.executed_quote),
        "status": order.status.name(),
        "timeInForce": order.time_in_force.name(),
        "type": kind_name(order),
        "side": order.side.name(),
        "workingTime": order.created_ms(),
        "selfTradePreventionMode": order.self_trade.name(),
    })
}

/// The answer to a query.
pub fn queried(order: &Order) -> Value {
    let mut fields = state(order);
    fields.insert(
        "stopPrice".to_owned(),
        json!(text(order.stop_price.unwrap_or_default())),
    );
    fields.insert("icebergQty".to_owned(), json!(text(order.iceberg.unwrap_or_default())));
    fields.insert("time".to_owned(), json!(order.created_ms()));
    fields.insert("updateTime".to_owned(), json!(order.updated_ms));
    fields.insert("isWorking".to_owned(), json!(order.is_working));
    fields.insert("workingTime".to_owned(), json!(order.created_ms()));
    Value::Object(fields)
}

/// One of `myTrades`.
pub fn trade(fill: &Fill, order: &Order) -> Value {
    json!({
        "symbol": order.symbol,
        "id": fill.id,
        "orderId": order.id,
        "orderListId": -1,
        "price": text(fill.price),
        "qty": text(fill.quantity),
        "quoteQty": text(fill.quote),
        "commission": text(fill.commission),
        "commissionAsset": fill.commission_asset,
        "time": fill.time_ms,
        "isBuyer": order.side == crate::trading::order::Side::Buy,
        "isMaker": fill.is_maker,
        "isBestMatch": true,
    })
}

/// `account`.
pub fn account(spot: &Spot, fees: Fees, now_ms: u64) -> Value {
    let balances: Vec<Value> = spot
        .balances()
        .iter()
        .map(|(asset, balance)| json!({"asset": asset, "free": text(balance.free), "locked": text(balance.locked)}))
        .collect();
    // Whole basis points, as the venue gives these two.
    let points = |rate: Fixed| rate.0 / 10_000;
    json!({
        "makerCommission": points(fees.maker),
        "takerCommission": points(fees.taker),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {"maker": text(fees.maker), "taker": text(fees.taker), "buyer": text(Fixed(0)), "seller": text(Fixed(0))},
        "canTrade": true,
        "canWithdraw": false,
        "canDeposit": false,
        "brokered": false,
        "requireSelfTradePrevention": false,
        "preventSor": false,
        "updateTime": now_ms,
        "accountType": "SPOT",
        "balances": balances,
        "permissions": ["SPOT"],
        "uid": 1,
    })
}
