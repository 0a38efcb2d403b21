//! What the broadcast tells Prometheus.

use telemetry::{counter, gauge};

use crate::queue::Unsent;

#[derive(Debug, Default)]
pub struct Metrics;

impl Metrics {
    pub fn clients(&self, count: usize) {
        gauge!("tapeflow_broadcast_clients").set(count as f64);
    }

    /// Records handed over, and lost because the serving thread did not take them in time.
    pub fn records(&self, handed: usize, lost: u64) {
        counter!("tapeflow_broadcast_records_total").increment(handed as u64);
        counter!("tapeflow_broadcast_not_taken_total").increment(lost);
    }

    /// What one client was sent, and what not.
    pub fn client(&self, unsent: Unsent, sent_bytes: u64) {
        if sent_bytes > 0 {
            counter!("tapeflow_broadcast_sent_bytes_total").increment(sent_bytes);
        }
        if unsent != Unsent::default() {
            counter!("tapeflow_broadcast_lost_total").increment(unsent.lost);
            counter!("tapeflow_broadcast_conflated_total").increment(unsent.conflated);
        }
    }

    pub fn cut_off(&self) {
        counter!("tapeflow_broadcast_cut_off_total").increment(1);
    }
}
