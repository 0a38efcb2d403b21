//! Which handler answers which path, and the faults on the way.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::json;

use super::orders::{self, Endpoint};
use super::parameters::Parameters;
use super::reply::{Answer, Refusal, ok};
use super::{depth, exchange_info};
use crate::exchange::Exchange;
use crate::venue::Venue;
use crate::{clock, control};

/// Bodies are form parameters or a small document.
const BODY_BYTES_MAX: usize = 64 << 10;

/// The exchange ends the connection without an answer, as a fault asked for.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped on demand")]
pub struct Dropped;

/// Answers one REST request.
///
/// # Errors
/// The connection is to be dropped.
pub async fn answer(exchange: Arc<Exchange>, request: Request<Incoming>) -> Result<Answer, Dropped> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        return Ok(Refusal::bad_request(-1101, "Too many parameters.").answer());
    };
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    let path = head.uri.path();
    if let Some(path) = path.strip_prefix("/tapeflow/") {
        let answer = control::answer(&exchange, &head.method, path, &body);
        return Ok(answer.unwrap_or_else(|| not_found().answer()));
    }
    let Some(path) = without_prefix(exchange.venue, path) else {
        return Ok(not_found().answer());
    };
    let query = head.uri.query().unwrap_or_default();
    let parameters = Parameters::read(query, &body);
    let answer = match Endpoint::find(exchange.venue, &head.method, path) {
        Some(endpoint) => {
            match exchange
                .credentials
                .check(&head.headers, query, &body, &parameters, clock::now_ms())
            {
                Ok(()) => signed(&exchange, endpoint, &parameters).await?,
                Err(refusal) => Err(refusal),
            }
        }
        None => public(&exchange, &head.method, path, &parameters).await,
    };
    Ok(answer.unwrap_or_else(|refusal| refusal.answer()))
}

/// The endpoint behind the venue's prefix. Futures have several versions of some endpoints; here they are one.
fn without_prefix(venue: Venue, path: &str) -> Option<&str> {
    let prefixes: &[&str] = match venue {
        Venue::Spot => &["/api/v3/"],
        Venue::UsdM => &["/fapi/v1/", "/fapi/v2/", "/fapi/v3/"],
    };
    prefixes.iter().find_map(|prefix| path.strip_prefix(prefix))
}

async fn public(exchange: &Exchange, method: &Method, path: &str, parameters: &Parameters) -> Result<Answer, Refusal> {
    match (method, path) {
        (&Method::GET, "ping") => Ok(ok(&json!({}))),
        (&Method::GET, "time") => Ok(ok(&json!({"serverTime": clock::now_ms()}))),
        (&Method::GET, "exchangeInfo") => exchange_info::get(exchange, parameters).map(|info| ok(&info)),
        (&Method::GET, "depth") => depth::get(exchange, parameters).await,
        _ => Err(not_found()),
    }
}

async fn signed(
    exchange: &Exchange,
    endpoint: Endpoint,
    parameters: &Parameters,
) -> Result<Result<Answer, Refusal>, Dropped> {
    let faults = &exchange.faults;
    if !endpoint.changes_orders() {
        if faults.happens(|faults| &mut faults.fail_queries) {
            return Ok(Err(unknown_outcome()));
        }
        return Ok(orders::handle(exchange, endpoint, parameters).map(|body| ok(&body)));
    }
    delay(faults.get().order_delay_ms).await;
    if faults.happens(|faults| &mut faults.drop_connection_before_accept) {
        return Err(Dropped);
    }
    if faults.happens(|faults| &mut faults.fail_before_accept) {
        return Ok(Err(unknown_outcome()));
    }
    let answer = orders::handle(exchange, endpoint, parameters).map(|body| ok(&body));
    delay(faults.get().answer_delay_ms).await;
    if faults.happens(|faults| &mut faults.drop_connection_after_accept) {
        return Err(Dropped);
    }
    if faults.happens(|faults| &mut faults.fail_after_accept) {
        return Ok(Err(unknown_outcome()));
    }
    Ok(answer)
}

async fn delay(delay_ms: u64) {
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
}

/// "HTTP 5XX: it is important to NOT treat this as a failure operation; the execution status is UNKNOWN."
fn unknown_outcome() -> Refusal {
    let message = "Timeout waiting for response from backend server. Send status unknown; execution status unknown.";
    Refusal {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: -1007,
        message: message.to_owned(),
    }
}

fn not_found() -> Refusal {
    Refusal {
        status: StatusCode::NOT_FOUND,
        code: -1099,
        message: "Not found, unauthenticated, or unauthorized.".to_owned(),
    }
}
