//! Why the router cannot start or go on. No message carries a key, a secret or a signed request.

use std::path::PathBuf;

use tapelog::{ClaimError, ConfigError, ReadError, RegistryError, WriteError};
use venues::binance::trading::sign::BadCredentials;

#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    #[error("--venue {0}: none of binance, binance_usdm")]
    UnknownVenue(String),
    #[error(
        "--venue {0}: its quantities count contracts, and those of orders, limits and positions are of the base currency; \
         trade at binance or binance_usdm, and read {0} by the ingestor alone"
    )]
    CountsContracts(String),
    #[error("--venue {0} is given twice")]
    RepeatedVenue(String),
    #[error("--rest-url is for a single venue without an address; write --venue NAME=URL for each")]
    WhichVenue,
    #[error("{url} is no address of a REST endpoint: write http://host:port or https://host")]
    BadUrl { url: String },
    #[error("--recv-window is above 60s, the venue's maximum")]
    RecvWindow,
    #[error("no API key: set TAPEFLOW_VENUE_KEY and TAPEFLOW_VENUE_SECRET, or name a file by --key-file")]
    NoCredentials,
    #[error("{path}: {error}; it holds the API key in its first line and the secret in its second")]
    KeyFile { path: PathBuf, error: std::io::Error },
    #[error("{path} has no second line: it holds the API key in its first line and the secret in its second")]
    NoSecret { path: PathBuf },
    #[error(transparent)]
    Credentials(#[from] BadCredentials),
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    #[error(
        "{count} orders of an earlier run are unfinished at venues that this one is not connected to, first {first}; \
         add their --venue"
    )]
    Unserved { count: usize, first: String },
    #[error("{what} stopped unexpectedly")]
    Stopped { what: &'static str },
    #[error("{path}: {error}")]
    StatusFile { path: PathBuf, error: std::io::Error },
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Metrics(#[from] telemetry::ServeError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
