//! GET over HTTP, with the venue's word on when to come back.

use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

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
}

/// A REST endpoint; clones share their connections.
#[derive(Clone, Debug)]
pub struct Rest {
    agent: Agent,
    url: String,
}

impl Rest {
    /// `url` is the endpoint without a path.
    pub fn new(url: &str) -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::NativeTls)
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let config = Agent::config_builder()
            .timeout_global(Some(ANSWER_MAX))
            .http_status_as_error(false)
            .user_agent("tapeflow")
            .tls_config(tls)
            .build();
        Self {
            agent: config.into(),
            url: url.trim_end_matches('/').to_owned(),
        }
    }

    /// The body of the answer. Blocks for up to 20 s.
    pub fn get(&self, path: &str) -> Result<Vec<u8>, RestError> {
        let url = format!("{}{path}", self.url);
        let failed = |source| RestError::Transport {
            url: url.clone(),
            source: Box::new(source),
        };
        let mut answer = self.agent.get(&url).call().map_err(failed)?;
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
