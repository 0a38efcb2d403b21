//! How far the topics hold what was derived from the frame log.

use std::collections::BTreeMap;

use contracts::{Entry, Topic};
use serde::{Deserialize, Serialize};
use tapelog::{Assignment, Start};

/// A partition that a run writes to, and where its records begin there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub topic: String,
    pub partition: i32,
    /// The run's records from the frame on that names this place stand at this offset or behind it.
    pub from_offset: i64,
}

impl Place {
    /// `None` if no such topic is in the contracts.
    pub fn assignment(&self) -> Option<Assignment> {
        Some(Assignment {
            topic: Topic::named(&self.topic)?,
            partition: self.partition,
            start: Start::Offset(self.from_offset),
        })
    }
}

/// The highest origin in each partition: what is not past it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Sequence and index.
    highest: BTreeMap<(&'static str, i32), (u64, u32)>,
}

impl Written {
    pub fn add(&mut self, topic: &'static Topic, partition: i32, sequence: u64, index: u32) {
        let highest = self.highest.entry((topic.name, partition)).or_default();
        *highest = (*highest).max((sequence, index));
    }

    /// Whether the topic holds this record of the outbox already.
    pub fn holds(&self, entry: &Entry<'_>) -> bool {
        if self.highest.is_empty() {
            return false;
        }
        let origin = (entry.origin.offset.cast_unsigned(), entry.origin.index.cast_unsigned());
        let highest = self.highest.get(&(entry.topic.name, entry.partition));
        highest.is_some_and(|highest| origin <= *highest)
    }
}
