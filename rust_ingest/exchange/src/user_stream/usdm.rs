//! USD-M futures events: `ORDER_TRADE_UPDATE` and `ACCOUNT_UPDATE`.

use serde_json::{Value, json};

use crate::fixed::Fixed;
use crate::instrument::Instrument;
use crate::rest::usdm::kind_name;
use crate::trading::account::Futures;
use crate::trading::report::{Change, Report};

/// What happened to an order.
pub fn order_trade_update(report: &Report, instrument: &Instrument, now_ms: u64) -> Value {
    let (order, fill) = (&report.order, report.fill.as_ref());
    let price = |value: Fixed| value.text(instrument.price_decimals).to_string();
    let quantity = |value: Fixed| value.text(instrument.quantity_decimals).to_string();
    let execution = match report.change {
        Change::New | Change::Triggered => "NEW",
        Change::Trade => "TRADE",
        Change::Expired | Change::Prevented => "EXPIRED",
        Change::Replaced(_) => "AMENDMENT",
        Change::Canceled(_) => "CANCELED",
    };
    let average = order.executed_quote.over(order.executed).unwrap_or_default();
    let mut event = json!({
        "s": order.symbol,
        "c": order.client_order_id,
        "S": order.side.name(),
        "o": kind_name(order),
        "f": order.time_in_force.name(),
        "q": quantity(order.quantity),
        "p": price(order.price.unwrap_or_default()),
        "ap": average.text(5).to_string(),
        "sp": price(order.stop_price.unwrap_or_default()),
        "x": execution,
        "X": order.status.name(),
        "i": order.id,
        "l": quantity(fill.map_or(Fixed(0), |fill| fill.quantity)),
        "z": quantity(order.executed),
        "L": price(fill.map_or(Fixed(0), |fill| fill.price)),
        "T": report.time_ms,
        "t": fill.map_or(0, |fill| fill.id),
        "m": fill.is_some_and(|fill| fill.is_maker),
        "R": order.reduce_only,
        "wt": "CONTRACT_PRICE",
        "ot": kind_name(order),
        "ps": "BOTH",
        "cp": false,
        "rp": fill.map_or(Fixed(0), |fill| fill.realized_profit).text(8).to_string(),
        "pP": false,
        "V": order.self_trade.name(),
        "pm": "NONE",
        "gtd": order.good_till_ms.unwrap_or(0),
    });
    if let Some(fill) = fill {
        event["N"] = json!(fill.commission_asset);
        event["n"] = json!(fill.commission.text(8).to_string());
    }
    json!({"e": "ORDER_TRADE_UPDATE", "E": now_ms, "T": report.time_ms, "o": event})
}

/// The wallet and the position after a fill.
pub fn account_update(funds: &Futures, instrument: &Instrument, changed_ms: u64, now_ms: u64) -> Value {
    let text = |value: Fixed| value.text(8).to_string();
    let position = funds.positions().get(&instrument.symbol).copied().unwrap_or_default();
    let entry_price = text(position.entry_price().unwrap_or_default());
    let wallet = text(funds.wallet());
    json!({
        "e": "ACCOUNT_UPDATE",
        "E": now_ms,
        "T": changed_ms,
        "a": {
            "m": "ORDER",
            "B": [{"a": "USDT", "wb": wallet, "cw": wallet, "bc": "0"}],
            "P": [{
                "s": instrument.symbol,
                "pa": position.quantity.text(instrument.quantity_decimals).to_string(),
                "ep": entry_price,
                "bep": entry_price,
                "cr": "0",
                "up": "0",
                "mt": "cross",
                "iw": "0",
                "ps": "BOTH",
            }],
        },
    })
}
