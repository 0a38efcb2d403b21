//! `GET /tapeflow/orders`: everything that was really ordered, filled and refused, for checkers.

use serde_json::{Value, json};

use crate::exchange::Exchange;
use crate::fixed::Fixed;
use crate::trading::ledger::Refused;
use crate::trading::order::{Fill, Order};

/// All orders with their fills, and all refusals, oldest first. Money is in decimal strings.
pub fn get(exchange: &Exchange) -> Value {
    let desk = exchange.desk.lock();
    let ledger = desk.ledger();
    let orders: Vec<Value> = ledger
        .orders()
        .iter()
        .map(|told| order(told, ledger.fills_of(told).map(fill).collect()))
        .collect();
    let refused: Vec<Value> = ledger.refused().iter().map(refused).collect();
    json!({"orders": orders, "refused": refused})
}

fn text(value: Fixed) -> String {
    value.text(8).to_string()
}

fn order(order: &Order, fills: Vec<Value>) -> Value {
    json!({
        "order_id": order.id,
        "account": order.account,
        "client_order_id": order.client_order_id,
        "symbol": order.symbol,
        "side": order.side.name(),
        "type": format!("{:?}", order.kind),
        "time_in_force": order.time_in_force.name(),
        "price": order.price.map(text),
        "stop_price": order.stop_price.map(text),
        "quantity": text(order.quantity),
        "prevented": text(order.prevented),
        "executed": text(order.executed),
        "executed_quote": text(order.executed_quote),
        "status": order.status.name(),
        "arrived_ns": order.arrived_ns,
        "updated_ms": order.updated_ms,
        "fills": fills,
    })
}

fn fill(fill: &Fill) -> Value {
    json!({
        "trade_id": fill.id,
        "price": text(fill.price),
        "quantity": text(fill.quantity),
        "quote": text(fill.quote),
        "commission": text(fill.commission),
        "commission_asset": fill.commission_asset,
        "realized_profit": text(fill.realized_profit),
        "is_maker": fill.is_maker,
        "time_ms": fill.time_ms,
    })
}

fn refused(refused: &Refused) -> Value {
    json!({
        "time_ms": refused.time_ms,
        "account": refused.account,
        "client_order_id": refused.client_order_id,
        "symbol": refused.symbol,
        "code": refused.code,
        "message": refused.message,
    })
}
