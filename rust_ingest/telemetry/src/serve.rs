//! Metrics as Prometheus reads them.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};
use metrics_process::Collector;

/// In seconds: from the time that a kernel takes to what a venue on another continent does.
const BUCKETS: [f64; 19] = [
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
    0.5, 1.0, 2.5, 5.0, 10.0,
];

/// How often a process looks at itself: well within the shortest usual scrape interval.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Metrics cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot serve metrics on {address}: {source}; choose another --metrics-listen")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: BuildError,
    },
    /// The system has no thread to give.
    #[error("cannot watch this process' own memory: {0}; end other programs, or leave out --metrics-listen")]
    Watch(#[from] std::io::Error),
}

/// Serves `/metrics`, and `/health` which answers as long as the process lives, from a thread of its own. Without an
/// address nothing is served, and what is counted goes nowhere. Memory, processor time, open files and start of the
/// process are among the metrics.
///
/// To be called once, before the first metric is asked for.
pub fn serve(address: Option<SocketAddr>) -> Result<(), ServeError> {
    let Some(address) = address else { return Ok(()) };
    PrometheusBuilder::new()
        .with_http_listener(address)
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)
        .and_then(PrometheusBuilder::install)
        .map_err(|source| ServeError::Listen { address, source })?;
    let process = Collector::default();
    process.describe();
    thread::Builder::new()
        .name("process-metrics".to_owned())
        .spawn(move || {
            loop {
                process.collect();
                thread::sleep(LOOK_EVERY);
            }
        })?;
    Ok(())
}
