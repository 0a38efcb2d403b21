//! Control endpoints of our own, under `/tapeflow/`: what the exchange really did, and faults on demand.

pub mod orders;
pub mod status;

use hyper::Method;

use crate::exchange::Exchange;
use crate::rest::reply::{Answer, Refusal, ok};

/// Answers a control request; None if there is no such endpoint.
pub fn answer(exchange: &Exchange, method: &Method, path: &str, body: &str) -> Option<Answer> {
    let answer = match (method, path) {
        (&Method::GET, "status") => ok(&status::get(exchange)),
        (&Method::GET, "orders") => ok(&orders::get(exchange)),
        (&Method::GET, "faults") => faults(exchange, "{}"),
        (&Method::POST, "faults") => faults(exchange, body),
        (&Method::GET, "faults/happened") => ok(&exchange.faults.happened()),
        _ => return None,
    };
    Some(answer)
}

/// Changes the faults and tells them all.
fn faults(exchange: &Exchange, body: &str) -> Answer {
    let changed = serde_json::from_str(body).and_then(|change| exchange.faults.change(change));
    if exchange.faults.take_disconnect() {
        exchange.hub.disconnect_all();
    }
    let ban_ms = exchange.faults.take_ban_ms();
    if ban_ms > 0 {
        exchange.meter.ban_all(ban_ms, exchange.now_ms());
    }
    exchange.desk.lock().set_halted(exchange.faults.get().halted);
    match changed.and_then(serde_json::to_value) {
        Ok(faults) => ok(&faults),
        Err(error) => {
            let message = format!("no such fault, or no such value: {error}");
            Refusal::bad_request(-1130, message).answer()
        }
    }
}
