//! The status as metrics, and how long the venue takes.

use std::time::Duration;

use telemetry::{counter, gauge, histogram};
use venues::orders::Ask;

use crate::progress::Status;

/// Tells what the status file tells.
pub(crate) fn tell(status: &Status) {
    gauge!("tapeflow_router_open_orders").set(status.open as f64);
    gauge!("tapeflow_router_orders_in_doubt").set(status.in_doubt as f64);
    gauge!("tapeflow_router_requests_under_way").set(status.under_way as f64);
    gauge!("tapeflow_router_lag_records").set(status.lag as f64);
    counter!("tapeflow_router_records_total").absolute(status.counts.records);
    counter!("tapeflow_router_orders_sent_total").absolute(status.counts.sent);
    counter!("tapeflow_router_requests_total").absolute(status.counts.requests);
    counter!("tapeflow_router_retries_total").absolute(status.counts.retries);
    counter!("tapeflow_router_unknown_outcomes_total").absolute(status.counts.unknown_outcomes);
    counter!("tapeflow_router_slow_downs_total").absolute(status.counts.slow_downs);
    counter!("tapeflow_router_reports_total").absolute(status.reports);
    counter!("tapeflow_router_dead_letters_total").absolute(status.dead_letters);
}

/// A request was answered, or given up.
pub(crate) fn answered(ask: &Ask, took: Duration) {
    let ask = match ask {
        Ask::Place => "place",
        Ask::Cancel => "cancel",
        Ask::Find | Ask::Fills { .. } => "query",
    };
    histogram!("tapeflow_router_request_seconds", "ask" => ask).record(took.as_secs_f64());
}
