//! Log lines of the Rust side, on stderr.

use std::env;
use std::io;

use pyo3::prelude::*;
use tracing_subscriber::EnvFilter;

/// Writes warnings and errors of the log client to stderr from now on; `TAPEFLOW_LOG` (as `info`) asks for more, and
/// `TAPEFLOW_LOG_FORMAT=json` for a JSON object a line.
#[pyfunction]
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("TAPEFLOW_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false);
    // Fails only where it was called before, and then all is as it should be.
    let _ = if env::var("TAPEFLOW_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().flatten_event(true).try_init()
    } else {
        log.try_init()
    };
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(log_to_stderr, module)?)
}
