//! Metrics as Prometheus reads them.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use metrics::gauge;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

/// In seconds: from the time that a kernel takes to what a venue on another continent does.
const BUCKETS: [f64; 19] = [
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
    0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Metrics cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("cannot serve metrics on {address}: {source}; choose another --metrics-listen")]
pub struct ServeError {
    /// What was asked for.
    address: SocketAddr,
    /// What the system said.
    source: BuildError,
}

/// Serves `/metrics`, and `/health` which answers as long as the process lives, from a thread of its own. Without an
/// address nothing is served, and what is counted goes nowhere.
///
/// To be called once, before the first metric is asked for.
pub fn serve(address: Option<SocketAddr>) -> Result<(), ServeError> {
    let Some(address) = address else { return Ok(()) };
    PrometheusBuilder::new()
        .with_http_listener(address)
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
        .and_then(PrometheusBuilder::install)
        .map_err(|source| ServeError { address, source })?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    gauge!("process_start_time_seconds").set(now.as_secs_f64());
    Ok(())
}
