//! The user-data stream: what happens to an account's orders and funds, told over its listen key.

pub mod keys;
mod spot;
mod usdm;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::exchange::Exchange;
use crate::faults::Fault;
use crate::feed::client::{Chunk, Client};
use crate::feed::frame;
use crate::trading::account::Account;
use crate::trading::desk::Desk;
use crate::trading::report::Report;
use crate::venue::Venue;

/// Tells the owners what happened at the desk since the last call. Call it before the desk's lock is given back, so that
/// events go out in the order in which things happened.
pub fn tell(exchange: &Exchange, desk: &mut Desk) {
    for report in desk.take_reports() {
        let Some(key) = exchange.listen_keys.of(report.order.account) else {
            continue;
        };
        for event in events(exchange, desk, &report) {
            send(exchange, &key, &event);
        }
    }
}

fn events(exchange: &Exchange, desk: &Desk, report: &Report) -> Vec<Value> {
    let now_ms = exchange.now_ms();
    let instrument = &desk.listings.get(report.order.listing).instrument;
    match (exchange.venue, desk.account(report.order.account)) {
        (Venue::Spot, Account::Spot(funds)) => vec![
            spot::execution_report(report, now_ms),
            spot::account_position(funds, instrument, report.time_ms, now_ms),
        ],
        (Venue::UsdM, Account::Futures(funds)) => {
            let update = usdm::order_trade_update(report, instrument, now_ms);
            match report.fill {
                Some(_) => vec![usdm::account_update(funds, instrument, report.time_ms, now_ms), update],
                None => vec![update],
            }
        }
        _ => unreachable!("an account has the form of its venue"),
    }
}

/// Sends an event to all who listen to a key.
fn send(exchange: &Exchange, key: &str, event: &Value) {
    let listeners = exchange.hub.listeners_of_user(key);
    if listeners.is_empty() || exchange.faults.happens(Fault::SkipUserEvents, key) {
        return;
    }
    let times = 1 + u64::from(exchange.faults.happens(Fault::DoubleUserEvents, key));
    let raw = event.to_string();
    let combined = format!(r#"{{"stream":"{key}","data":{raw}}}"#);
    for listener in listeners {
        let body = if listener.is_combined() { &combined } else { &raw };
        for _ in 0..times {
            send_to(&listener, body);
        }
    }
}

fn send_to(listener: &Arc<Client>, body: &str) {
    let mut frames = Vec::with_capacity(body.len() + 10);
    frame::append_message(&mut frames, body.as_bytes());
    listener.send_event(Chunk {
        frames: Bytes::from(frames),
        messages: 1,
    });
}

/// Begins or ends writing reports, as somebody may listen to them or nobody.
pub fn write_reports_if_wanted(exchange: &Exchange) {
    let mut desk = exchange.desk.lock();
    desk.want_reports(exchange.listen_keys.is_any_in_use());
}

/// Ends the keys whose time is over, and says so to those who listen to them.
pub fn expire(exchange: &Exchange) {
    for key in exchange.listen_keys.take_expired() {
        let event = json!({"e": "listenKeyExpired", "E": exchange.now_ms(), "listenKey": key});
        send(exchange, &key, &event);
        tracing::info!("a listen key has expired without a keep-alive");
        write_reports_if_wanted(exchange);
    }
}
