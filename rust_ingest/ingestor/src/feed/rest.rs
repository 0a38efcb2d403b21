//! GET over HTTP, from the next endpoint where one fails, and with the venue's word on when to come back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tls::TlsError;
use tokio::time::Instant;
use ureq::Agent;

use super::credentials::Credentials;
use super::endpoints::Endpoints;

/// exchangeInfo of all symbols is some 15 MB.
const BODY_BYTES_MAX: u64 = 64 << 20;
const ANSWER_MAX: Duration = Duration::from_secs(20);
/// How much of a refusal is quoted.
const QUOTE_CHARS_MAX: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum RestError {
    #[error("GET {url}: {source}")]
    Transport { url: String, source: Box<ureq::Error> },
    #[error("GET {url}: status {status}: {body}")]
    Status {
        url: String,
        status: u16,
        body: String,
        retry_after: Option<Duration>,
    },
}

impl RestError {
    /// How long the venue wants to be left alone (429 and 418 say so).
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transport { .. } => None,
            Self::Status { retry_after, .. } => *retry_after,
        }
    }

    /// How long this address is to ask for nothing at all: 429 says that it asked too often, 418 that it did not stop then.
    pub fn bars_address(&self) -> Option<Duration> {
        match self {
            Self::Status { status: 418 | 429, .. } => self.retry_after(),
            _ => None,
        }
    }

    /// Another endpoint may do better. What a venue refuses, it refuses at all of them.
    fn is_of_endpoint(&self) -> bool {
        match self {
            Self::Transport { .. } => true,
            Self::Status { status, .. } => *status >= 500,
        }
    }
}

/// A venue's REST service; clones share its connections, and which endpoint is in use.
#[derive(Clone, Debug)]
pub struct Rest {
    agent: Agent,
    header: Option<(&'static str, &'static str)>,
    credentials: Option<Credentials>,
    endpoints: Arc<Mutex<Endpoints<String>>>,
}

impl Rest {
    /// `endpoints` are URLs without a path; `header` is one that each request bears.
    pub fn new(endpoints: Endpoints<String>, header: Option<(&'static str, &'static str)>) -> Result<Self, TlsError> {
        let mut config = Agent::config_builder()
            .timeout_global(Some(ANSWER_MAX))
            .http_status_as_error(false)
            .user_agent("tapeflow");
        if endpoints.all().iter().any(|url| url.starts_with("https:")) {
            config = config.tls_config(tls::for_ureq()?);
        }
        Ok(Self {
            agent: config.build().into(),
            header,
            credentials: None,
            endpoints: Arc::new(Mutex::new(endpoints)),
        })
    }

    /// With credentials for a venue that wants some.
    pub fn with_credentials(mut self, credentials: Option<Credentials>) -> Self {
        self.credentials = credentials;
        self
    }

    /// The body of the answer. Blocks for up to 20 s.
    pub fn get(&self, path: &str) -> Result<Vec<u8>, RestError> {
        let endpoints = || self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let endpoint = endpoints().current(Instant::now()).clone();
        let answer = self.get_from(&endpoint, path);
        if answer.as_ref().is_err_and(RestError::is_of_endpoint) {
            let (mut endpoints, now) = (endpoints(), Instant::now());
            // Of several requests that fail together, the first one moves on.
            if *endpoints.current(now) == endpoint {
                endpoints.failed(now);
            }
        }
        answer
    }

    fn get_from(&self, endpoint: &str, path: &str) -> Result<Vec<u8>, RestError> {
        let path = match &self.credentials {
            Some(credentials) => credentials.path(path),
            None => path.to_owned(),
        };
        let url = format!("{}{path}", endpoint.trim_end_matches('/'));
        let failed = |source| RestError::Transport {
            url: url.clone(),
            source: Box::new(source),
        };
        let mut request = self.agent.get(&url);
        if let Some((name, value)) = self.header {
            request = request.header(name, value);
        }
        if let Some(credentials) = &self.credentials {
            request = request.header("authorization", credentials.bearer());
        }
        let mut answer = request.call().map_err(failed)?;
        let body = answer
            .body_mut()
            .with_config()
            .limit(BODY_BYTES_MAX)
            .read_to_vec()
            .map_err(failed)?;
        if answer.status().is_success() {
            return Ok(body);
        }
        let header = answer
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok());
        let retry_after = header.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
        let body = String::from_utf8_lossy(&body).chars().take(QUOTE_CHARS_MAX).collect();
        Err(RestError::Status {
            url,
            status: answer.status().as_u16(),
            body,
            retry_after,
        })
    }
}
