//! Reading a new order from its parameters.

use super::parameters::Parameters;
use super::reply::Refusal;
use crate::trading::order::{Amount, Kind, NewOrder, Side, TimeInForce};
use crate::venue::Venue;

/// How much the answer to a new order tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseType {
    /// That it was accepted.
    Ack,
    /// Its state.
    Result,
    /// Its state and its fills (spot).
    Full,
}

/// Reads a new order.
///
/// # Errors
/// -11xx: a parameter is missing, superfluous or makes no sense.
pub fn read(venue: Venue, account: usize, parameters: &Parameters) -> Result<NewOrder, Refusal> {
    let symbol = parameters.required("symbol")?.to_owned();
    let side = match parameters.required("side")? {
        "BUY" => Side::Buy,
        "SELL" => Side::Sell,
        _ => return Err(Refusal::bad_request(-1117, "Invalid side.")),
    };
    let kind = match (parameters.required("type")?, venue) {
        ("LIMIT", _) => Kind::Limit,
        ("MARKET", _) => Kind::Market,
        ("LIMIT_MAKER", Venue::Spot) => Kind::LimitMaker,
        _ => return Err(Refusal::bad_request(-1116, "Invalid orderType.")),
    };
    let time_in_force = time_in_force(venue, kind, parameters)?;
    let price = match kind {
        Kind::Market => superfluous(parameters, "price")?,
        _ => Some(parameters.decimal("price")?.ok_or_else(|| Refusal::missing("price"))?),
    };
    let amount = match (parameters.decimal("quantity")?, parameters.decimal("quoteOrderQty")?) {
        (Some(quantity), None) => Amount::Base(quantity),
        (None, Some(quote)) if kind == Kind::Market && venue == Venue::Spot => Amount::Quote(quote),
        (Some(_), Some(_)) => {
            return Err(Refusal::bad_request(
                -1128,
                "Combination of optional parameters invalid.",
            ));
        }
        _ => return Err(Refusal::missing("quantity")),
    };
    Ok(NewOrder {
        account,
        symbol,
        client_order_id: parameters.get("newClientOrderId").map(str::to_owned),
        side,
        kind,
        time_in_force,
        price,
        amount,
        reduce_only: venue == Venue::UsdM && parameters.get("reduceOnly") == Some("true"),
    })
}

fn time_in_force(venue: Venue, kind: Kind, parameters: &Parameters) -> Result<TimeInForce, Refusal> {
    if kind != Kind::Limit {
        superfluous::<()>(parameters, "timeInForce")?;
        return Ok(TimeInForce::Gtc);
    }
    match (parameters.required("timeInForce")?, venue) {
        ("GTC", _) => Ok(TimeInForce::Gtc),
        ("IOC", _) => Ok(TimeInForce::Ioc),
        ("FOK", _) => Ok(TimeInForce::Fok),
        ("GTX", Venue::UsdM) => Ok(TimeInForce::Gtx),
        _ => Err(Refusal::bad_request(-1115, "Invalid timeInForce.")),
    }
}

fn superfluous<T>(parameters: &Parameters, name: &str) -> Result<Option<T>, Refusal> {
    match parameters.get(name) {
        Some(_) => Err(Refusal::bad_request(
            -1106,
            format!("Parameter '{name}' sent when not required."),
        )),
        None => Ok(None),
    }
}

/// Reads how much the answer is to tell. Spot: "`MARKET` and `LIMIT` order types default to `FULL`, all other orders
/// default to `ACK`"; futures default to ACK and have no FULL.
///
/// # Errors
/// -1136 for a type that the venue does not have.
pub fn response_type(venue: Venue, kind: Kind, parameters: &Parameters) -> Result<ResponseType, Refusal> {
    match (parameters.get("newOrderRespType"), venue) {
        (None, Venue::Spot) if kind != Kind::LimitMaker => Ok(ResponseType::Full),
        (None | Some("ACK"), _) => Ok(ResponseType::Ack),
        (Some("RESULT"), _) => Ok(ResponseType::Result),
        (Some("FULL"), Venue::Spot) => Ok(ResponseType::Full),
        _ => Err(Refusal::bad_request(-1136, "Invalid newOrderRespType.")),
    }
}
