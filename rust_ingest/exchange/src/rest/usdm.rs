//! USD-M futures orders, trades and accounts as JSON.

use serde_json::{Map, Value, json};

use super::new_order::ResponseType;
use crate::fixed::Fixed;
use crate::instrument::Instrument;
use crate::trading::account::{Futures, LEVERAGE};
use crate::trading::order::{Fill, Kind, Order, Side, Status};

/// The order's type as the venue writes it.
pub fn kind_name(order: &Order) -> &'static str {
    match order.kind {
        Kind::Market => "MARKET",
        Kind::Limit | Kind::LimitMaker => "LIMIT",
        Kind::Stop => "STOP_MARKET",
        Kind::StopLimit => "STOP",
    }
}

/// The view of an order, with `executed` and `status` as they are to be told.
fn state(order: &Order, instrument: &Instrument) -> Map<String, Value> {
    let price = |value: Fixed| value.text(instrument.price_decimals).to_string();
    let quantity = |value: Fixed| value.text(instrument.quantity_decimals).to_string();
    let kind = kind_name(order);
    let fields = json!({
        "orderId": order.id,
        "symbol": order.symbol,
        "status": order.status.name(),
        "clientOrderId": order.client_order_id,
        "price": price(order.price.unwrap_or_default()),
        "avgPrice": order.executed_quote.over(order.executed).unwrap_or_default().text(5).to_string(),
        "origQty": quantity(order.quantity),
        "executedQty": quantity(order.executed),
        "cumQuote": order.executed_quote.text(5).to_string(),
        "timeInForce": order.time_in_force.name(),
        "type": kind,
        "reduceOnly": order.reduce_only,
        "closePosition": false,
        "side": order.side.name(),
        "positionSide": "BOTH",
        "stopPrice": price(order.stop_price.unwrap_or_default()),
        "workingType": "CONTRACT_PRICE",
        "priceProtect": false,
        "origType": kind,
        "priceMatch": "NONE",
        "selfTradePreventionMode": order.self_trade.name(),
        "goodTillDate": order.good_till_ms.unwrap_or(0),
        "updateTime": order.updated_ms,
    });
    match fields {
        Value::Object(fields) => fields,
        _ => unreachable!("json! of braces makes an object"),
    }
}

/// The answer to a new order. ACK tells the order as it was accepted, before any fill.
pub fn placed(order: &Order, instrument: &Instrument, response: ResponseType) -> Value {
    let fresh;
    let told = if response == ResponseType::Ack {
        fresh = Order {
            executed: Fixed(0),
            executed_quote: Fixed(0),
            status: Status::New,
            ..order.clone()
        };
        &fresh
    } else {
        order
    };
    let mut fields = state(told, instrument);
    fields.insert(
        "cumQty".to_owned(),
        json!(told.executed.text(instrument.quantity_decimals).to_string()),
    );
    Value::Object(fields)
}

/// The answer to a cancel.
pub fn canceled(order: &Order, instrument: &Instrument) -> Value {
    placed(order, instrument, ResponseType::Result)
}

/// The answer to a modification.
pub fn modified(order: &Order, instrument: &Instrument) -> Value {
    placed(order, instrument, ResponseType::Result)
}

/// The answer to a query.
pub fn queried(order: &Order, instrument: &Instrument) -> Value {
    let mut fields = state(order, instrument);
    fields.insert("time".to_owned(), json!(order.created_ms()));
    Value::Object(fields)
}

/// One of `userTrades`.
pub fn trade(fill: &Fill, order: &Order, instrument: &Instrument) -> Value {
    json!({
        "symbol": order.symbol,
        "id": fill.id,
        "orderId": order.id,
        "side": order.side.name(),
        "price": fill.price.text(instrument.price_decimals).to_string(),
        "qty": fill.quantity.text(instrument.quantity_decimals).to_string(),
        "realizedPnl": fill.realized_profit.text(8).to_string(),
        "quoteQty": fill.quote.text(5).to_string(),
        "commission": fill.commission.text(8).to_string(),
        "commissionAsset": fill.commission_asset,
        "time": fill.time_ms,
        "positionSide": "BOTH",
        "buyer": order.side == Side::Buy,
        "maker": fill.is_maker,
    })
}

/// `account`.
pub fn account(futures: &Futures, now_ms: u64) -> Value {
    let text = |value: Fixed| value.text(8).to_string();
    let positions: Vec<Value> = futures
        .positions()
        .iter()
        .map(|(symbol, position)| {
            json!({
                "symbol": symbol,
                "positionSide": "BOTH",
                "positionAmt": text(position.quantity),
                "entryPrice": text(position.entry_price().unwrap_or_default()),
                "initialMargin": text(Fixed(position.entry_notional.0 / LEVERAGE)),
                "leverage": LEVERAGE.to_string(),
                "isolated": false,
                "updateTime": now_ms,
            })
        })
        .collect();
    json!({
        "canTrade": true,
        "canDeposit": false,
        "canWithdraw": false,
        "multiAssetsMargin": false,
        "updateTime": now_ms,
        "totalWalletBalance": text(futures.wallet()),
        "availableBalance": text(futures.available()),
        "assets": [{
            "asset": "USDT",
            "walletBalance": text(futures.wallet()),
            "availableBalance": text(futures.available()),
        }],
        "positions": positions,
    })
}
