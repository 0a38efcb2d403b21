//! What `schemas/topics.toml` says of a topic.

use crate::Kind;
use crate::generated::TOPICS;

/// How a record finds its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// By the murmur2 hash of its key.
    Key,
    /// In the partition number of the sequenced record that caused it.
    Origin,
}

#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// Name without prefix.
    pub name: &'static str,
    /// The partition's order is the order of events.
    pub sequenced: bool,
    /// A record stands between a tick and an order.
    pub order_path: bool,
    /// Field that is the Kafka key.
    pub key: &'static str,
    pub placement: Placement,
    /// Partition count when the topic is made.
    pub partitions: u32,
    pub kinds: &'static [Kind],
    /// Landing table in ClickHouse.
    pub table: &'static str,
}

impl Topic {
    /// The one topic that a kind of record is written to; `None` for snapshots, and for a Rollout, which stands in several.
    pub fn of_kind(kind: Kind) -> Option<&'static Topic> {
        let mut of_kind = TOPICS.iter().filter(|topic| topic.kinds.contains(&kind));
        of_kind.next().filter(|_| of_kind.next().is_none())
    }

    /// Its place in `schemas/topics.toml`.
    pub fn index(&self) -> usize {
        let index = TOPICS.iter().position(|topic| topic == self);
        index.expect("topics exist only as elements of TOPICS")
    }

    /// The topic of that name, without prefix.
    pub fn named(name: &str) -> Option<&'static Topic> {
        TOPICS.iter().find(|topic| topic.name == name)
    }
}

impl PartialEq for Topic {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
