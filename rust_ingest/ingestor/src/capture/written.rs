//! How far the topics hold what was derived from the frame log.

use std::collections::BTreeMap;

use contracts::{Entry, Topic};

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

    /// The highest origin in a partition; none if it has none.
    pub fn highest(&self, topic: &str, partition: i32) -> Option<(u64, u32)> {
        let found = self
            .highest
            .iter()
            .find(|((name, number), _)| (*name, *number) == (topic, partition));
        found.map(|(_, highest)| *highest)
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
