//! What the broker had acknowledged of a run at a moment.

use contracts::Topic;
use serde::{Deserialize, Serialize};
use tapelog::{Assignment, Start};

/// How far a run's records were acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// All records of the frames before this one were.
    pub before: u64,
    /// Which others were.
    pub places: Vec<Place>,
}

/// A partition that a run writes to, and where its records begin there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub topic: String,
    pub partition: i32,
    /// The run's records that are past `acknowledged` stand at this offset or behind it.
    pub from_offset: i64,
    /// The highest origin of the run that the broker had acknowledged by then: frame and index.
    #[serde(default)]
    pub acknowledged: Option<(u64, u32)>,
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
