//! The status as metrics, and how long orders and the venue take.

use std::time::Duration;

use contracts::{ExecutionReport, OrderStatus};
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

/// A report was written. An order's first one says how old the tick behind it was when it was sent, and how long the
/// venue took.
pub(crate) fn reported(report: &ExecutionReport<'_>) {
    if report.origin.index != 0 || report.status == OrderStatus::Rejected {
        return;
    }
    let seconds = |from_ns: i64, to_ns: i64| (to_ns - from_ns).max(0) as f64 / 1e9;
    histogram!("tapeflow_router_tick_to_order_seconds").record(seconds(report.order_receive_ns, report.sent_ns));
    histogram!("tapeflow_router_order_to_report_seconds").record(seconds(report.sent_ns, report.receive_ns));
}
