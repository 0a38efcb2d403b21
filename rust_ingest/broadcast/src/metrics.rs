//! What the broadcast tells Prometheus.

use telemetry::{counter, gauge};

use crate::queue::Unsent;

#[derive(Debug)]
pub struct Metrics;

impl Default for Metrics {
    /// All of them from the start: where a counter begins with its first loss, Prometheus sees no increase.
    fn default() -> Self {
        let metrics = Self;
        metrics.clients(0);
        metrics.records(0, 0);
        metrics.add(Unsent::default(), 0);
        counter!("tapeflow_broadcast_cut_off_total").increment(0);
        metrics
    }
}

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
        if sent_bytes > 0 || unsent != Unsent::default() {
            self.add(unsent, sent_bytes);
        }
    }

    fn add(&self, unsent: Unsent, sent_bytes: u64) {
        counter!("tapeflow_broadcast_sent_bytes_total").increment(sent_bytes);
        counter!("tapeflow_broadcast_lost_total").increment(unsent.lost);
        counter!("tapeflow_broadcast_conflated_total").increment(unsent.conflated);
    }

    pub fn cut_off(&self) {
        counter!("tapeflow_broadcast_cut_off_total").increment(1);
    }
}
