//! The log on stderr.

use std::env;
use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

/// `json` makes each line one JSON object; anything else is for people.
const FORMAT: &str = "TAPEFLOW_LOG_FORMAT";

/// Begins to log, as RUST_LOG and TAPEFLOW_LOG_FORMAT say. To be called once, before anything is logged.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    if env::var(FORMAT).is_ok_and(|format| format == "json") {
        log.json().flatten_event(true).init();
    } else {
        log.with_ansi(io::stderr().is_terminal()).init();
    }
}
