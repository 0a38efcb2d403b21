//! What the desk has to tell the owner of an order: one report for each thing that happened to it.

use super::order::{Fill, Order};

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was accepted.
    New,
    /// A part of it, or all that was left, was filled.
    Trade,
    /// Its owner cancelled it; the cancel had this client id.
    Canceled(String),
    /// Its owner made it smaller or moved it; it had this client id before.
    Replaced(String),
    /// Its own rules ended it.
    Expired,
    /// A trade has reached its stop price.
    Triggered,
    /// A part of it is gone, or all, so that its owner does not trade with himself.
    Prevented,
}

/// One thing that happened, and the order as it was right after it.
#[derive(Clone, Debug)]
pub struct Report {
    /// What happened.
    pub change: Change,
    /// The order right after.
    pub order: Order,
    /// The fill of a trade.
    pub fill: Option<Fill>,
    /// When, ms.
    pub time_ms: u64,
    /// Running number of all reports, from 1.
    pub number: u64,
}

/// Reports that nobody has taken yet. They are only written while somebody listens.
#[derive(Debug, Default)]
pub struct Reports {
    waiting: Vec<Report>,
    number: u64,
    is_wanted: bool,
}

impl Reports {
    /// Begins or ends writing reports.
    pub fn set_wanted(&mut self, is_wanted: bool) {
        self.is_wanted = is_wanted;
    }

    /// Writes down what happened to `order`.
    pub fn add(&mut self, change: Change, order: &Order, fill: Option<&Fill>, time_ms: u64) {
        self.number += 1;
        if self.is_wanted {
            self.waiting.push(Report {
                change,
                order: order.clone(),
                fill: fill.cloned(),
                time_ms,
                number: self.number,
            });
        }
    }

    /// How many there have been, wanted or not.
    pub fn count(&self) -> u64 {
        self.number
    }

    /// Takes all that was written.
    pub fn take(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.waiting)
    }
}
