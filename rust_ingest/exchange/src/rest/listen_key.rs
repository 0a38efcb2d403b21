//! `POST`, `PUT` and `DELETE` of `userDataStream` (`listenKey` on futures): the key to an account's events.

use hyper::Method;
use serde_json::{Value, json};

use super::parameters::Parameters;
use super::reply::Refusal;
use crate::exchange::Exchange;
use crate::user_stream;
use crate::venue::Venue;

/// Opens, keeps alive or closes the account's key. Spot must be told which key; futures know it from the account.
///
/// # Errors
/// -1125 if there is no such key, -1102 where spot is not told which.
pub fn answer(exchange: &Exchange, account: usize, method: &Method, parameters: &Parameters) -> Result<Value, Refusal> {
    let keys = &exchange.listen_keys;
    if method == Method::POST {
        let key = keys.open(account);
        user_stream::write_reports_if_wanted(exchange);
        return Ok(json!({"listenKey": key}));
    }
    let named = match exchange.venue {
        Venue::Spot => Some(parameters.required("listenKey")?),
        Venue::UsdM => None,
    };
    let unknown = || Refusal::bad_request(-1125, "This listenKey does not exist.");
    match method.as_str() {
        "PUT" => {
            let key = keys.keep_alive(account, named).ok_or_else(unknown)?;
            Ok(if exchange.venue == Venue::UsdM {
                json!({"listenKey": key})
            } else {
                json!({})
            })
        }
        "DELETE" => {
            keys.close(account, named).ok_or_else(unknown)?;
            user_stream::write_reports_if_wanted(exchange);
            Ok(json!({}))
        }
        _ => Err(Refusal::bad_request(-1020, "This operation is not supported.")),
    }
}
