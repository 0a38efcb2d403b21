//! Writes what risk decided: a decision, and if every check passed the order that follows from it.

use contracts::{Check, Decision, Exit, New, Signal, Verdict};

use crate::account::Account;
use crate::checks::order_price;
use crate::orders::Order;
use crate::{Emit, Refusal};

/// Venues take client ids of at most 36 characters (Binance: `^[\.A-Z\:/a-z0-9_-]{1,36}$`).
const CLIENT_ID_LENGTH_MAX: usize = 36;

/// What an order closes, and why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closing<'a> {
    pub client_order_id: &'a str,
    pub exit: Exit,
}

/// The id of the order, which is now one of the account's; `None` if it is rejected.
///
/// # Errors
/// The id would be too long; nothing is sent.
pub(crate) fn decide(
    account: Option<&mut Account>,
    wanted: &Signal<'_>,
    checks: Vec<Check>,
    closing: Option<Closing<'_>>,
    emit: &mut Emit<'_>,
) -> Result<Option<String>, Refusal> {
    let accepted = checks.iter().all(|check| check.passed);
    // The order follows its decision, so it has the next index.
    let order = account.filter(|_| accepted).and_then(|account| {
        let log_id = account.log_id.as_deref()?;
        let origin = emit.next_origin();
        let index = origin.index + 1;
        let id = format!("tf-{log_id}-{}-{}-{index}", origin.partition, origin.offset);
        Some((account, id, order_price(wanted)?))
    });
    if let Some((_, id, _)) = &order
        && id.len() > CLIENT_ID_LENGTH_MAX
    {
        return Err(Refusal::ClientIdTooLong {
            client_order_id: id.clone(),
        });
    }
    let client_order_id = order.as_ref().map(|(_, id, _)| id.as_str());
    emit.send(|origin| Decision {
        origin,
        account: wanted.account,
        strategy: wanted.strategy,
        venue: wanted.venue,
        instrument: wanted.instrument,
        price_exponent: wanted.price_exponent,
        quantity_exponent: wanted.quantity_exponent,
        signal: wanted.origin,
        event_ns: wanted.event_ns,
        receive_ns: wanted.receive_ns,
        verdict: if accepted { Verdict::Accepted } else { Verdict::Rejected },
        checks,
        client_order_id,
        side: wanted.side,
        quantity: wanted.quantity,
        price: wanted.price,
        closes: closing.map(|closing| closing.client_order_id),
        exit: closing.map(|closing| closing.exit),
    });
    let Some((account, id, price)) = order else {
        return Ok(None);
    };
    send_order(wanted, &id, emit);
    account.orders.put(new_order(wanted, id.clone(), price), false);
    Ok(Some(id))
}

fn send_order(signal: &Signal<'_>, client_order_id: &str, emit: &mut Emit<'_>) {
    emit.send(|origin| New {
        origin,
        account: signal.account,
        strategy: signal.strategy,
        client_order_id,
        venue: signal.venue,
        instrument: signal.instrument,
        price_exponent: signal.price_exponent,
        quantity_exponent: signal.quantity_exponent,
        side: signal.side,
        order_type: signal.order_type,
        time_in_force: signal.time_in_force,
        quantity: signal.quantity,
        price: signal.price,
        reference_price: signal.reference_price,
        signal: signal.origin,
        event_ns: signal.event_ns,
        receive_ns: signal.receive_ns,
        post_only: signal.post_only,
        expires_ns: signal.expires_ns,
    });
}

fn new_order(signal: &Signal<'_>, client_order_id: String, price: i64) -> Order {
    Order {
        client_order_id,
        venue: signal.venue.to_owned(),
        instrument: signal.instrument.to_owned(),
        side: signal.side,
        quantity: signal.quantity,
        filled_quantity: 0,
        price,
        report_index: -1,
    }
}
