//! Which handler answers which path.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::json;

use super::parameters::Parameters;
use super::reply::{Answer, Refusal, ok};
use super::{depth, exchange_info};
use crate::clock;
use crate::control::status;
use crate::exchange::Exchange;
use crate::venue::Venue;

/// The exchange ends the connection without an answer, as a fault asked for.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped on demand")]
pub struct Dropped;

/// Answers one REST request.
///
/// # Errors
/// The connection is to be dropped.
pub async fn answer(exchange: Arc<Exchange>, request: Request<Incoming>, _peer: SocketAddr) -> Result<Answer, Dropped> {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let parameters = Parameters::read(request.uri().query().unwrap_or_default(), "");
    let answer = match (&method, path.strip_prefix(prefix(exchange.venue))) {
        (&Method::GET, Some("ping")) => Ok(ok(&json!({}))),
        (&Method::GET, Some("time")) => Ok(ok(&json!({"serverTime": clock::now_ms()}))),
        (&Method::GET, Some("exchangeInfo")) => exchange_info::get(&exchange, &parameters).map(|info| ok(&info)),
        (&Method::GET, Some("depth")) => depth::get(&exchange, &parameters).await,
        (_, None) if path == "/tapeflow/status" => Ok(ok(&status::get(&exchange))),
        _ => Err(not_found()),
    };
    Ok(answer.unwrap_or_else(|refusal| refusal.answer()))
}

fn prefix(venue: Venue) -> &'static str {
    match venue {
        Venue::Spot => "/api/v3/",
        Venue::UsdM => "/fapi/v1/",
    }
}

fn not_found() -> Refusal {
    Refusal {
        status: StatusCode::NOT_FOUND,
        code: -1099,
        message: "Not found, unauthenticated, or unauthorized.".to_owned(),
    }
}
