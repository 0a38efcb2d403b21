//! What the log has been told of one order: the running index of its reports, and its fills.

use std::collections::BTreeSet;

use contracts::{ExecutionReport, OrderStatus};
use venues::orders::Fill;

#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// Index of the next report.
    pub next_index: i32,
    /// Sum of the fills, in units of the order.
    pub cumulative: i64,
    /// Reports that turned down a Modify.
    pub refusals: u32,
    /// The venue's ids of the fills.
    trades: BTreeSet<i64>,
    pub venue_order_id: Option<String>,
    pub sent_ns: Option<i64>,
    pub is_final: bool,
}

impl Told {
    /// The venue is known to have it, by the log's own word.
    pub fn is_accepted(&self) -> bool {
        self.next_index > 0
    }

    /// Takes note of a report found in the log. Repeats of one index count once.
    pub fn recover(&mut self, report: &ExecutionReport<'_>) {
        if report.origin.index < self.next_index {
            return;
        }
        self.next_index = report.origin.index.saturating_add(1);
        self.cumulative = report.cumulative_quantity;
        if let Some(trade) = report.trade_id.and_then(|id| id.parse().ok()) {
            self.trades.insert(trade);
        } else if report.origin.index > 0 && !is_final(report.status) {
            self.refusals += 1;
        }
        self.venue_order_id = report.venue_order_id.map(str::to_owned).or(self.venue_order_id.take());
        self.sent_ns = Some(report.sent_ns);
        self.is_final |= is_final(report.status);
    }

    /// Whether this fill is news; from now on it is not.
    pub fn is_news(&mut self, fill: &Fill) -> bool {
        self.trades.insert(fill.trade_id)
    }
}

/// No report follows one of these.
pub fn is_final(status: OrderStatus) -> bool {
    match status {
        OrderStatus::Accepted | OrderStatus::PartiallyFilled => false,
        OrderStatus::Filled | OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Rejected => true,
    }
}
