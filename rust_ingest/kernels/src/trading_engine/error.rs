//! Why a record cannot enter the engine.

use contracts::Entry;
use thiserror::Error;

/// Names the record by its index in what was given, and by its position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("record {index}, {topic}[{partition}] offset {offset}: {problem}")]
pub struct InputError {
    pub index: usize,
    pub topic: &'static str,
    /// As it was given: -1 for that of its key.
    pub partition: i32,
    /// As it was given: -1 for the next.
    pub offset: i64,
    pub problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("an engine takes records of market.ticks and risk.inbox alone")]
    OtherTopic,
    #[error("the topic has partitions 0 to {last}")]
    NoSuchPartition { last: usize },
    #[error("it is no record whose key names a partition here: say which")]
    NoKey,
    #[error("there is no such offset")]
    NoSuchOffset,
    #[error("the offset is not past {newest}, the last one that was taken")]
    NotPast { newest: i64 },
    #[error(
        "the engine itself orders its inbox: leave the offset at -1, or hold the inbox and give all of its records in \
         their log's order"
    )]
    OwnInbox,
}

impl InputError {
    pub(super) fn new(index: usize, record: &Entry<'_>, problem: Problem) -> Self {
        Self {
            index,
            topic: record.topic.name,
            partition: record.partition,
            offset: record.offset,
            problem,
        }
    }
}
