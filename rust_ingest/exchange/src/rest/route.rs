//! Which handler answers which path, and the faults on the way.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use serde_json::json;

use super::endpoint::Endpoint;
use super::limits::Told;
use super::parameters::Parameters;
use super::reply::{Answer, Refusal, ok};
use super::{depth, exchange_info, listen_key, orders};
use crate::control;
use crate::exchange::Exchange;
use crate::faults::Fault;
use crate::venue::Venue;

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
pub async fn answer(exchange: Arc<Exchange>, request: Request<Incoming>, from: IpAddr) -> Result<Answer, Dropped> {
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
    let call = Call {
        exchange: &exchange,
        head: &head,
        path,
        parameters: Parameters::read(head.uri.query().unwrap_or_default(), &body),
        body: &body,
    };
    call.answer(from).await
}

/// One request of the venue's own dialect.
struct Call<'a> {
    exchange: &'a Exchange,
    head: &'a Parts,
    path: &'a str,
    parameters: Parameters,
    body: &'a str,
}

impl Call<'_> {
    /// Counts the request, answers it, and says in the answer what it has used.
    async fn answer(&self, from: IpAddr) -> Result<Answer, Dropped> {
        let Exchange {
            venue, meter, faults, ..
        } = self.exchange;
        let endpoint = Endpoint::find(*venue, &self.head.method, self.path);
        let now_ms = self.exchange.now_ms();
        let weight = match endpoint {
            Some(endpoint) => endpoint.weight(*venue, &self.parameters),
            None => public_weight(*venue, self.path, &self.parameters),
        };
        if faults.happens(Fault::RefuseForRate, self.path) {
            return Ok(meter.refuse_on_demand(now_ms).answer());
        }
        let mut told = match meter.charge(from, weight, now_ms) {
            Ok(told) => told,
            Err(too_many) => return Ok(too_many.answer()),
        };
        let answer = match endpoint {
            Some(endpoint) => self.signed(endpoint, &mut told).await?,
            None => self.public().await,
        };
        let mut answer = answer.unwrap_or_else(|refusal| refusal.answer());
        meter.head(*venue, &mut answer, told);
        Ok(answer)
    }

    async fn signed(&self, endpoint: Endpoint, told: &mut Told) -> Result<Result<Answer, Refusal>, Dropped> {
        let Exchange { credentials, meter, .. } = self.exchange;
        let (query, now_ms) = (self.head.uri.query().unwrap_or_default(), self.exchange.now_ms());
        let account = match credentials.check(&self.head.headers, query, self.body, &self.parameters, now_ms) {
            Ok(account) => account,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if endpoint.counts_as_order()
            && let Err(too_many) = meter.count_order(account, told, now_ms)
        {
            return Ok(Ok(too_many.answer()));
        }
        if endpoint.changes_orders() {
            return self.change(endpoint, account).await;
        }
        let faults = &self.exchange.faults;
        delay(Duration::from_millis(faults.get().query_delay_ms)).await;
        if faults.happens(Fault::FailQueries, self.path) {
            return Ok(Err(unknown_outcome()));
        }
        let answer = orders::handle(self.exchange, account, endpoint, &self.parameters);
        Ok(answer.map(|body| ok(&body)))
    }

    /// What changes orders, with everything that can happen to it on its way.
    async fn change(&self, endpoint: Endpoint, account: usize) -> Result<Result<Answer, Refusal>, Dropped> {
        let Exchange { faults, latency, .. } = self.exchange;
        let name = ["newClientOrderId", "origClientOrderId", "orderId", "symbol"];
        let name = name
            .iter()
            .find_map(|name| self.parameters.get(name))
            .unwrap_or_default();
        delay(latency.order + Duration::from_millis(faults.get().order_delay_ms)).await;
        if faults.happens(Fault::DropConnectionBeforeAccept, name) {
            return Err(Dropped);
        }
        if faults.happens(Fault::FailBeforeAccept, name) {
            return Ok(Err(unknown_outcome()));
        }
        let answer = orders::handle(self.exchange, account, endpoint, &self.parameters).map(|body| ok(&body));
        self.exchange.bell.ring();
        delay(latency.answer + Duration::from_millis(faults.get().answer_delay_ms)).await;
        if faults.happens(Fault::DropConnectionAfterAccept, name) {
            return Err(Dropped);
        }
        if faults.happens(Fault::FailAfterAccept, name) {
            return Ok(Err(unknown_outcome()));
        }
        Ok(answer)
    }

    async fn public(&self) -> Result<Answer, Refusal> {
        let Call {
            exchange, parameters, ..
        } = self;
        let method = &self.head.method;
        match (method, self.path, exchange.venue) {
            (&Method::GET, "ping", _) => Ok(ok(&json!({}))),
            (&Method::GET, "time", _) => Ok(ok(&json!({"serverTime": exchange.now_ms()}))),
            (&Method::GET, "exchangeInfo", _) => exchange_info::get(exchange, parameters).map(|info| ok(&info)),
            (&Method::GET, "depth", _) => depth::get(exchange, parameters).await,
            (_, "userDataStream", Venue::Spot) | (_, "listenKey", Venue::UsdM) => {
                let account = exchange.credentials.account(&self.head.headers)?;
                listen_key::answer(exchange, account, method, parameters).map(|answer| ok(&answer))
            }
            _ => Err(not_found()),
        }
    }
}

/// What an unsigned request takes of the request weight per minute.
fn public_weight(venue: Venue, path: &str, parameters: &Parameters) -> u64 {
    match (path, venue) {
        ("depth", _) => depth::weight(venue, parameters),
        ("exchangeInfo", Venue::Spot) => 20,
        ("userDataStream", Venue::Spot) => 2,
        _ => 1,
    }
}

/// The endpoint behind the venue's prefix. Futures have several versions of some endpoints; here they are one.
fn without_prefix(venue: Venue, path: &str) -> Option<&str> {
    let prefixes: &[&str] = match venue {
        Venue::Spot => &["/api/v3/"],
        Venue::UsdM => &["/fapi/v1/", "/fapi/v2/", "/fapi/v3/"],
    };
    prefixes.iter().find_map(|prefix| path.strip_prefix(prefix))
}

async fn delay(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// "HTTP 5XX: it is important to NOT treat this as a failure operation; the execution status is UNKNOWN."
fn unknown_outcome() -> Refusal {
    let message = "Timeout waiting for response from backend server. Send status unknown; execution status unknown.";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, -1007, message)
}

fn not_found() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        -1099,
        "Not found, unauthenticated, or unauthorized.",
    )
}
