//! How far the router is: one line of log and one JSON file a second.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use contracts::Topic;
use serde::Serialize;
use tapelog::ReadTo;
use venues::orders::{Answer, Ask};

use crate::error::RouterError;

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    /// Records of `execution.orders` taken, with those of earlier runs.
    pub records: u64,
    /// Requests to place an order, repeats included.
    pub sent: u64,
    /// All requests about orders.
    pub requests: u64,
    /// Requests that had to be repeated, or asked about.
    pub retries: u64,
    /// Requests to place an order whose outcome was unknown.
    pub unknown_outcomes: u64,
    /// Times that the venue asked to slow down.
    pub slow_downs: u64,
}

impl Counts {
    pub fn count(&mut self, ask: &Ask, answer: &Answer) {
        self.requests += 1;
        self.sent += u64::from(*ask == Ask::Place && !matches!(answer, Answer::NotSent(_)));
        match answer {
            Answer::Unknown(_) => {
                self.retries += 1;
                self.unknown_outcomes += u64::from(*ask == Ask::Place);
            }
            Answer::Busy { .. } => {
                self.retries += 1;
                self.slow_downs += 1;
            }
            Answer::ClockOff | Answer::NotSent(_) => self.retries += 1,
            _ => {}
        }
    }
}

/// Which positions are worked through: read, and what followed from them at once acknowledged by the broker.
pub(crate) struct Confirmed {
    confirmed: Vec<ReadTo>,
    /// What was read at some moment, and the records written until then.
    waiting: Option<(Vec<ReadTo>, u64)>,
}

impl Confirmed {
    pub fn new(positions: Vec<ReadTo>) -> Self {
        Self {
            confirmed: positions,
            waiting: None,
        }
    }

    pub fn update(&mut self, read: &[ReadTo], written: u64, acknowledged: u64) {
        let (positions, until) = self.waiting.take().unwrap_or_else(|| (read.to_vec(), written));
        if acknowledged >= until {
            self.confirmed = positions;
        } else {
            self.waiting = Some((positions, until));
        }
    }

    pub fn positions(&self) -> &[ReadTo] {
        &self.confirmed
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Status {
    /// Orders without their last report, or whose reports the broker has not all acknowledged.
    pub open: usize,
    pub in_doubt: usize,
    pub under_way: usize,
    #[serde(flatten)]
    pub counts: Counts,
    pub reports: u64,
    pub dead_letters: u64,
    pub lag: i64,
    /// By topic and partition: offset behind the last record worked through.
    pub positions: BTreeMap<&'static str, BTreeMap<i32, i64>>,
    pub updated_ns: i64,
}

pub(crate) fn by_topic(positions: &[ReadTo]) -> BTreeMap<&'static str, BTreeMap<i32, i64>> {
    let mut all: BTreeMap<&'static str, BTreeMap<i32, i64>> = BTreeMap::new();
    for ReadTo {
        topic: Topic { name, .. },
        partition,
        offset,
    } in positions
    {
        all.entry(name).or_default().insert(*partition, *offset);
    }
    all
}

/// Writes the status for others to read: whole, or not at all.
pub(crate) struct StatusFile {
    path: Option<PathBuf>,
    /// What was said last, without its time.
    said: String,
}

impl StatusFile {
    pub fn new(path: Option<&Path>) -> Self {
        Self {
            path: path.map(Path::to_owned),
            said: String::new(),
        }
    }

    pub fn write(&mut self, status: &Status) -> Result<(), RouterError> {
        let line = format!(
            "open {} (in doubt {}) records {} sent {} requests {} retries {} unknown {} reports {} dead letters {} lag {}",
            status.open,
            status.in_doubt,
            status.counts.records,
            status.counts.sent,
            status.counts.requests,
            status.counts.retries,
            status.counts.unknown_outcomes,
            status.reports,
            status.dead_letters,
            status.lag,
        );
        if line != self.said {
            tracing::info!("{line}");
            self.said = line;
        }
        let Some(path) = &self.path else { return Ok(()) };
        let failed = |error| RouterError::StatusFile {
            path: path.clone(),
            error,
        };
        let text = serde_json::to_vec(status).map_err(|error| failed(error.into()))?;
        let unfinished = path.with_extension("unfinished");
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, path))
            .map_err(failed)
    }
}
