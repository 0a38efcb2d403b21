//! Reading a new order from its parameters.

use super::parameters::Parameters;
use super::reply::Refusal;
use crate::fixed::Fixed;
use crate::trading::order::{Amount, Kind, NewOrder, SelfTrade, Side, TimeInForce};
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

/// "goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000".
const GOOD_TILL_MS_MAX: u64 = 253_402_300_799_000;
const GOOD_TILL_AHEAD_MS: u64 = 600_000;

/// Reads a new order; it is `now_ms`.
///
/// # Errors
/// -11xx: a parameter is missing, superfluous or makes no sense.
pub fn read(venue: Venue, account: usize, parameters: &Parameters, now_ms: u64) -> Result<NewOrder, Refusal> {
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
        ("STOP_LOSS", Venue::Spot) | ("STOP_MARKET", Venue::UsdM) => Kind::Stop,
        ("STOP_LOSS_LIMIT", Venue::Spot) | ("STOP", Venue::UsdM) => Kind::StopLimit,
        _ => return Err(Refusal::bad_request(-1116, "Invalid orderType.")),
    };
    let has_price = !matches!(kind, Kind::Market | Kind::Stop);
    let has_stop = matches!(kind, Kind::Stop | Kind::StopLimit);
    let time_in_force = time_in_force(venue, kind, parameters)?;
    Ok(NewOrder {
        account,
        symbol,
        client_order_id: parameters.get("newClientOrderId").map(str::to_owned),
        side,
        kind,
        time_in_force,
        price: price(parameters, "price", has_price)?,
        stop_price: price(parameters, "stopPrice", has_stop)?,
        iceberg: iceberg(venue, kind, time_in_force, parameters)?,
        good_till_ms: good_till(time_in_force, parameters, now_ms)?,
        self_trade: self_trade(venue, parameters)?,
        amount: amount(venue, kind, parameters)?,
        reduce_only: venue == Venue::UsdM && parameters.get("reduceOnly") == Some("true"),
    })
}

fn price(parameters: &Parameters, name: &str, is_needed: bool) -> Result<Option<Fixed>, Refusal> {
    if !is_needed {
        return superfluous(parameters, name);
    }
    let price = parameters.decimal(name)?;
    price.map(Some).ok_or_else(|| Refusal::missing(name))
}

fn amount(venue: Venue, kind: Kind, parameters: &Parameters) -> Result<Amount, Refusal> {
    match (parameters.decimal("quantity")?, parameters.decimal("quoteOrderQty")?) {
        (Some(quantity), None) => Ok(Amount::Base(quantity)),
        (None, Some(quote)) if kind == Kind::Market && venue == Venue::Spot => Ok(Amount::Quote(quote)),
        (Some(_), Some(_)) => Err(Refusal::bad_request(
            -1128,
            "Combination of optional parameters invalid.",
        )),
        _ => Err(Refusal::missing("quantity")),
    }
}

fn time_in_force(venue: Venue, kind: Kind, parameters: &Parameters) -> Result<TimeInForce, Refusal> {
    if !matches!(kind, Kind::Limit | Kind::StopLimit) {
        superfluous::<()>(parameters, "timeInForce")?;
        return Ok(TimeInForce::Gtc);
    }
    match (parameters.get("timeInForce"), venue) {
        // Futures take STOP without one.
        (None, Venue::UsdM) if kind == Kind::StopLimit => Ok(TimeInForce::Gtc),
        (None, _) => Err(Refusal::missing("timeInForce")),
        (Some("GTC"), _) => Ok(TimeInForce::Gtc),
        (Some("IOC"), _) => Ok(TimeInForce::Ioc),
        (Some("FOK"), _) => Ok(TimeInForce::Fok),
        (Some("GTX"), Venue::UsdM) if kind == Kind::Limit => Ok(TimeInForce::Gtx),
        (Some("GTD"), Venue::UsdM) => Ok(TimeInForce::Gtd),
        _ => Err(Refusal::bad_request(-1115, "Invalid timeInForce.")),
    }
}

/// "Any LIMIT or LIMIT_MAKER type order can be made an iceberg order by sending an icebergQty. Any order with an icebergQty MUST have
/// timeInForce set to GTC."
fn iceberg(
    venue: Venue,
    kind: Kind,
    time_in_force: TimeInForce,
    parameters: &Parameters,
) -> Result<Option<Fixed>, Refusal> {
    let rests = matches!(kind, Kind::Limit | Kind::LimitMaker | Kind::StopLimit) && time_in_force == TimeInForce::Gtc;
    if venue == Venue::Spot && rests {
        let shown = parameters.decimal("icebergQty")?;
        return Ok(shown.filter(|shown| shown.0 != 0));
    }
    superfluous(parameters, "icebergQty")
}

fn good_till(time_in_force: TimeInForce, parameters: &Parameters, now_ms: u64) -> Result<Option<u64>, Refusal> {
    if time_in_force != TimeInForce::Gtd {
        return Ok(None);
    }
    let date: u64 = parameters
        .parsed("goodTillDate")?
        .ok_or_else(|| Refusal::missing("goodTillDate"))?;
    if date > now_ms + GOOD_TILL_AHEAD_MS && date < GOOD_TILL_MS_MAX {
        // The venue keeps whole seconds of it.
        return Ok(Some(date / 1_000 * 1_000));
    }
    let message = format!(
        "The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than \
         {GOOD_TILL_MS_MAX}"
    );
    Err(Refusal::bad_request(-5040, message))
}

fn self_trade(venue: Venue, parameters: &Parameters) -> Result<SelfTrade, Refusal> {
    match (parameters.get("selfTradePreventionMode"), venue) {
        (None | Some("NONE"), _) => Ok(SelfTrade::None),
        (Some("EXPIRE_TAKER"), _) => Ok(SelfTrade::ExpireTaker),
        (Some("EXPIRE_MAKER"), _) => Ok(SelfTrade::ExpireMaker),
        (Some("EXPIRE_BOTH"), _) => Ok(SelfTrade::ExpireBoth),
        (Some("DECREMENT"), Venue::Spot) => Ok(SelfTrade::Decrement),
        (_, Venue::Spot) => Err(Refusal::bad_request(
            -1130,
            "Data sent for parameter 'selfTradePreventionMode' is not valid.",
        )),
        (_, Venue::UsdM) => Err(Refusal::bad_request(-5039, "Invalid self trade prevention mode")),
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
        (None, Venue::Spot) if matches!(kind, Kind::Limit | Kind::Market) => Ok(ResponseType::Full),
        (None | Some("ACK"), _) => Ok(ResponseType::Ack),
        (Some("RESULT"), _) => Ok(ResponseType::Result),
        (Some("FULL"), Venue::Spot) => Ok(ResponseType::Full),
        _ => Err(Refusal::bad_request(-1136, "Invalid newOrderRespType.")),
    }
}
