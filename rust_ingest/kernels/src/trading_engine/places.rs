//! Where records stand: the partitions of the two sequenced topics, and the next offset of each.

use std::ptr;

use contracts::{Batch, Entry, Kind, SchemaIds, Topic, decode, partition_of};

use super::error::Problem;
use super::{Inbox, InputError};
use crate::Partitions;

/// No log comes near it: sums with it fit 64 bits.
pub(super) const OFFSET_MAX: i64 = 1 << 62;

/// One of the two topics that the engine reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Log {
    Ticks,
    Inbox,
}

impl Log {
    pub const BOTH: [Self; 2] = [Self::Ticks, Self::Inbox];

    pub fn topic(self) -> &'static Topic {
        let name = match self {
            Self::Ticks => "market.ticks",
            Self::Inbox => "risk.inbox",
        };
        Topic::named(name).expect("a topic of topics.toml")
    }

    pub fn of(topic: &Topic) -> Option<Self> {
        Self::BOTH.into_iter().find(|log| log.topic() == topic)
    }
}

/// Where a record stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub log: Log,
    pub partition: i32,
    pub offset: i64,
}

impl Place {
    /// The record, standing there.
    #[inline]
    pub fn of<'r>(&self, record: Entry<'r>) -> Entry<'r> {
        Entry {
            partition: self.partition,
            offset: self.offset,
            ..record
        }
    }
}

/// The next offset of every partition.
#[derive(Debug, Clone)]
pub(super) struct Places {
    /// Those of both logs: they exist only as elements of TOPICS, so that one is found by where it is.
    topics: [&'static Topic; 2],
    next: [Vec<i64>; 2],
}

impl Places {
    pub fn new(partitions: &Partitions) -> Self {
        Self {
            topics: Log::BOTH.map(Log::topic),
            next: Log::BOTH.map(|log| vec![0; partitions.of(log.topic()) as usize]),
        }
    }

    pub fn count(&self, log: Log) -> usize {
        self.next[log as usize].len()
    }

    pub fn next_offset(&self, log: Log, partition: i32) -> Option<i64> {
        self.next[log as usize].get(usize::try_from(partition).ok()?).copied()
    }

    /// Every partition that has taken a record, with its next offset.
    pub fn used(&self, log: Log) -> impl Iterator<Item = (i32, i64)> + '_ {
        let offsets = self.next[log as usize].iter().copied();
        let used = offsets.enumerate().filter(|(_, next)| *next > 0);
        used.map(|(partition, next)| (partition as i32, next))
    }

    /// Which of the two the topic is.
    #[inline]
    pub fn log_of(&self, topic: &Topic) -> Option<Log> {
        let mut both = Log::BOTH.into_iter();
        both.find(|log| ptr::eq(self.topics[*log as usize], topic))
    }

    /// Which topic a record is of, and the record with the place that it shall have.
    #[inline]
    pub fn find<'r>(&self, record: &Entry<'r>, inbox: Inbox, ids: &SchemaIds) -> Result<(Log, Entry<'r>), Problem> {
        let log = self.log_of(record.topic).ok_or(Problem::OtherTopic)?;
        let nexts = &self.next[log as usize];
        let partition = match record.partition {
            -1 => partition_by_key(record, nexts.len(), ids)?,
            named => named,
        };
        let next = usize::try_from(partition).ok().and_then(|at| nexts.get(at)).copied();
        let next = next.ok_or(Problem::NoSuchPartition { last: nexts.len() - 1 })?;
        let offset = match record.offset {
            -1 => next,
            _ if log == Log::Inbox && inbox == Inbox::Own => return Err(Problem::OwnInbox),
            given if !(0..=OFFSET_MAX).contains(&given) => return Err(Problem::NoSuchOffset),
            given if given < next => return Err(Problem::NotPast { newest: next - 1 }),
            given => given,
        };
        let place = Entry {
            partition,
            offset,
            ..*record
        };
        Ok((log, place))
    }

    /// Where all records stand, if they can be taken one after the other. What the engine itself appends to its inbox
    /// meanwhile is not counted in: offsets there are those of then.
    pub fn find_all(&self, records: &Batch, inbox: Inbox, ids: &SchemaIds) -> Result<Vec<Place>, InputError> {
        let mut then = self.clone();
        let mut found = Vec::with_capacity(records.len());
        for (index, record) in records.iter().enumerate() {
            let place = then.find(&record, inbox, ids);
            let (log, Entry { partition, offset, .. }) =
                place.map_err(|problem| InputError::new(index, &record, problem))?;
            then.taken(log, partition, offset);
            found.push(Place { log, partition, offset });
        }
        Ok(found)
    }

    /// Notes that a record stands there.
    #[inline]
    pub fn taken(&mut self, log: Log, partition: i32, offset: i64) {
        self.next[log as usize][partition as usize] = offset + 1;
    }

    /// The offset of a new record of a partition.
    pub fn append(&mut self, log: Log, partition: i32) -> i64 {
        let next = &mut self.next[log as usize][partition as usize];
        *next += 1;
        *next - 1
    }
}

/// By the key that stands beside the record, or else by its own.
fn partition_by_key(record: &Entry<'_>, partitions: usize, ids: &SchemaIds) -> Result<i32, Problem> {
    if !record.key.is_empty() {
        return Ok(partition_of(record.key, partitions as u32));
    }
    let found = decode(ids, record.value).map_err(|_| Problem::NoKey)?;
    // An operator's word on engines stands in every partition.
    if found.kind() == Kind::Rollout || !record.topic.kinds.contains(&found.kind()) {
        return Err(Problem::NoKey);
    }
    Ok(partition_of(found.key().as_bytes(), partitions as u32))
}
