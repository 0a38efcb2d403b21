//! Spot events: `executionReport` and `outboundAccountPosition`.

use serde_json::{Value, json};

use crate::fixed::Fixed;
use crate::instrument::Instrument;
use crate::rest::spot::kind_name;
use crate::trading::account::Spot;
use crate::trading::report::{Change, Report};

fn text(value: Fixed) -> String {
    value.text(8).to_string()
}

/// What happened to an order.
pub fn execution_report(report: &Report, now_ms: u64) -> Value {
    let (order, fill) = (&report.order, report.fill.as_ref());
    let (execution, client_order_id, former) = match &report.change {
        Change::New => ("NEW", &order.client_order_id, ""),
        Change::Trade => ("TRADE", &order.client_order_id, ""),
        Change::Expired => ("EXPIRED", &order.client_order_id, ""),
        Change::Triggered => ("NEW", &order.client_order_id, ""),
        Change::Prevented if order.status.is_open() => ("TRADE_PREVENTION", &order.client_order_id, ""),
        Change::Prevented => ("EXPIRED", &order.client_order_id, ""),
        Change::Replaced(former) => ("REPLACED", &order.client_order_id, former.as_str()),
        Change::Canceled(cancel_id) => ("CANCELED", cancel_id, order.client_order_id.as_str()),
    };
    json!({
        "e": "executionReport",
        "E": now_ms,
        "s": order.symbol,
        "c": client_order_id,
        "S": order.side.name(),
        "o": kind_name(order),
        "f": order.time_in_force.name(),
        "q": text(order.quantity),
        "p": text(order.price.unwrap_or_default()),
        "P": text(order.stop_price.unwrap_or_default()),
        "F": text(order.iceberg.unwrap_or_default()),
        "g": -1,
        "C": former,
        "x": execution,
        "X": order.status.name(),
        "r": "NONE",
        "i": order.id,
        "l": text(fill.map_or(Fixed(0), |fill| fill.quantity)),
        "z": text(order.executed),
        "L": text(fill.map_or(Fixed(0), |fill| fill.price)),
        "n": text(fill.map_or(Fixed(0), |fill| fill.commission)),
        "N": fill.map(|fill| &fill.commission_asset),
        "T": report.time_ms,
        "t": fill.map_or(-1, |fill| fill.id as i64),
        "I": report.number,
        "w": order.status.is_open() && order.is_working,
        "m": fill.is_some_and(|fill| fill.is_maker),
        "M": false,
        "O": order.created_ms(),
        "Z": text(order.executed_quote),
        "Y": text(fill.map_or(Fixed(0), |fill| fill.quote)),
        "Q": text(order.quote_quantity.unwrap_or_default()),
        "W": order.created_ms(),
        "V": order.self_trade.name(),
    })
}

/// The two balances that an order of an instrument can change.
pub fn account_position(funds: &Spot, instrument: &Instrument, changed_ms: u64, now_ms: u64) -> Value {
    let balance = |asset: &String| {
        let balance = funds.balances().get(asset).copied().unwrap_or_default();
        json!({"a": asset, "f": text(balance.free), "l": text(balance.locked)})
    };
    json!({
        "e": "outboundAccountPosition",
        "E": now_ms,
        "u": changed_ms,
        "B": [balance(&instrument.base), balance(&instrument.quote)],
    })
}
