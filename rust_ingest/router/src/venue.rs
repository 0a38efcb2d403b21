//! One venue's REST endpoint, over connections that are kept.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use venues::binance::trading::answer::{HttpAnswer, read, read_time};
use venues::binance::trading::market::Market;
use venues::binance::trading::request::{self, KEY_HEADER, Validity, request, time_path};
use venues::binance::trading::sign::Credentials;
use venues::orders::{Answer, Ask, Ticket};

use crate::clock::Clock;
use crate::error::RouterError;
use crate::moment::Moment;

/// A page of a thousand fills has some 300 kB.
const BODY_BYTES_MAX: usize = 8 << 20;
/// Shorter than servers keep a quiet connection: one that dies under a request leaves the outcome open.
const KEPT_IDLE: Duration = Duration::from_secs(20);

pub(crate) struct VenueClient {
    market: Market,
    url: String,
    http: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    credentials: Credentials,
    key: HeaderValue,
    recv_window_ms: u64,
    timeout: Duration,
    clock: Clock,
    /// How far the venue's clock is ahead of ours.
    ahead_ms: AtomicI64,
}

/// An answer, and what came with it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub answer: Answer,
    /// When the request was signed.
    pub signed: Moment,
    /// Request weight used this minute, by the venue's count.
    pub used_weight: Option<u32>,
}

enum Failure {
    /// No connection: nothing left this machine.
    NotSent(String),
    Open(String),
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl VenueClient {
    pub fn new(
        market: Market,
        url: &str,
        credentials: Credentials,
        recv_window: Duration,
        timeout: Duration,
        clock: Clock,
    ) -> Result<Self, RouterError> {
        let bad_url = || RouterError::BadUrl { url: url.to_owned() };
        let parsed: Uri = url.parse().map_err(|_| bad_url())?;
        if !matches!(parsed.scheme_str(), Some("http" | "https")) || parsed.host().is_none() {
            return Err(bad_url());
        }
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(timeout));
        tcp.enforce_http(false);
        let tls = match parsed.scheme_str() {
            Some("https") => tls::client()?,
            _ => tls::client_in_the_clear()?,
        };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls.as_ref().clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let http = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(KEPT_IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        let mut key = HeaderValue::from_str(credentials.key()).map_err(|_| RouterError::NoCredentials)?;
        key.set_sensitive(true);
        Ok(Self {
            market,
            url: url.to_owned(),
            http,
            credentials,
            key,
            recv_window_ms: u64::try_from(recv_window.as_millis()).unwrap_or(u64::MAX),
            timeout,
            clock,
            ahead_ms: AtomicI64::new(0),
        })
    }

    /// Asks once. Total: what cannot be known is the answer `Unknown`.
    pub async fn ask(&self, ask: &Ask, ticket: &Ticket) -> Answered {
        let signed = self.clock.now();
        let timestamp_ms = signed.wall_ns / 1_000_000 + self.ahead_ms.load(Ordering::Relaxed);
        let validity = Validity {
            timestamp_ms,
            recv_window_ms: self.recv_window_ms,
        };
        let made = request(self.market, ask, ticket, validity, &self.credentials);
        let method = match made.method {
            request::Method::Get => Method::GET,
            request::Method::Post => Method::POST,
            request::Method::Delete => Method::DELETE,
        };
        let answered = |answer, used_weight| Answered {
            answer,
            signed,
            used_weight,
        };
        match self.send(method, &made.path_and_query).await {
            Ok(reply) => {
                let http = HttpAnswer {
                    status: reply.status.as_u16(),
                    retry_after_s: number(&reply.headers, &RETRY_AFTER),
                    body: &reply.body,
                };
                let answer = read(ask, ticket, http);
                if answer == Answer::ClockOff {
                    self.set_clock().await;
                }
                answered(
                    answer,
                    number(&reply.headers, &HeaderName::from_static("x-mbx-used-weight-1m")),
                )
            }
            Err(Failure::NotSent(why)) => answered(Answer::NotSent(why), None),
            Err(Failure::Open(why)) => answered(Answer::Unknown(why), None),
        }
    }

    /// Takes the venue's clock for the timestamps of requests, if it answers. Keeps a connection warm.
    pub async fn set_clock(&self) {
        let before = self.clock.now();
        let Ok(reply) = self.send(Method::GET, &time_path(self.market)).await else {
            return;
        };
        if let Some(venue_ms) = read_time(&reply.body).filter(|_| reply.status.is_success()) {
            let half_way_ns = (self.clock.now().steady_ns - before.steady_ns) / 2;
            let ours_ms = (before.wall_ns + half_way_ns) / 1_000_000;
            self.ahead_ms.store(venue_ms - ours_ms, Ordering::Relaxed);
        }
    }

    async fn send(&self, method: Method, path_and_query: &str) -> Result<Reply, Failure> {
        let made = Request::builder()
            .method(method)
            .uri(format!("{}{path_and_query}", self.url))
            .header(KEY_HEADER, self.key.clone())
            .body(Empty::new());
        let request = made.map_err(|_| Failure::NotSent("the request cannot be written as HTTP".to_owned()))?;
        let exchange = async {
            let response = self
                .http
                .request(request)
                .await
                .map_err(|error| match error.is_connect() {
                    true => Failure::NotSent(format!("no connection to {}", self.url)),
                    false => Failure::Open(describe(&error)),
                })?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
            let body = body.map_err(|error| Failure::Open(format!("the answer broke off: {error}")))?;
            Ok(Reply {
                status: head.status,
                headers: head.headers,
                body: body.to_bytes(),
            })
        };
        let waited = tokio::time::timeout(self.timeout, exchange).await;
        waited.unwrap_or_else(|_| {
            Err(Failure::Open(format!(
                "no answer within {} ms",
                self.timeout.as_millis()
            )))
        })
    }
}

/// The innermost cause: the outer ones say only that a request failed.
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    format!("the connection failed: {cause}")
}

fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &HeaderName) -> Option<T> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}
