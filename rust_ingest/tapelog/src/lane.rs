//! One partition within a reader: what was fetched of it and not yet handed out.

use contracts::{Batch, Entry, Origin, Topic};

use crate::inspector::Watermarks;
use crate::intake::Incoming;
use crate::queues::PRODUCED_NS;
use crate::{LogConfig, ReadError};

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Beginning,
    /// Behind the last record there is now.
    End,
    Offset(i64),
}

/// Of which records a reader says when they were written. That stands in a header, and librdkafka takes memory for a record's headers
/// to look at them, even where there are none: that shows in how fast a flow reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    OfEach,
    /// Of the first of each batch.
    OfBatches,
}

/// A partition to read.
#[derive(Debug, Clone, Copy)]
pub struct Assignment {
    pub topic: &'static Topic,
    pub partition: i32,
    pub start: Start,
}

impl Assignment {
    /// Where it begins in a partition that holds `marks`.
    pub(crate) fn first_offset(&self, config: &LogConfig, marks: Watermarks) -> Result<i64, ReadError> {
        match self.start {
            Start::Beginning => Ok(marks.low),
            Start::End => Ok(marks.high),
            Start::Offset(offset) if (marks.low..=marks.high).contains(&offset) => Ok(offset),
            Start::Offset(offset) => {
                let name = config.name_of(self.topic);
                Err(ReadError::out_of_range(name, self.partition, offset, marks))
            }
        }
    }
}

pub(crate) struct Lane {
    pub topic: &'static Topic,
    pub partition: i32,
    /// The topic's name at the broker.
    pub name: String,
    /// Offset behind the last record that was handed out.
    pub position: i64,
    times: Times,
    pending: Batch,
    /// Offset behind the last pending record.
    fetched: i64,
}

impl Lane {
    pub fn new(topic: &'static Topic, partition: i32, name: String, position: i64, times: Times) -> Self {
        Self {
            topic,
            partition,
            name,
            position,
            times,
            pending: Batch::default(),
            fetched: position,
        }
    }

    pub fn is(&self, message: &Incoming<'_>) -> bool {
        self.partition == message.partition() && self.name.as_bytes() == message.topic()
    }

    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    pub fn push(&mut self, message: &Incoming<'_>) {
        let offset = message.offset();
        let is_timed = self.times == Times::OfEach || self.pending.is_empty();
        self.pending.push(Entry {
            topic: self.topic,
            partition: self.partition,
            offset,
            timestamp_ms: message.timestamp_ms(),
            produced_ns: is_timed.then(|| produced_ns(message)).flatten(),
            origin: Origin {
                partition: self.partition,
                offset,
                index: 0,
            },
            key: message.key(),
            value: message.value(),
        });
        self.fetched = offset + 1;
    }

    pub fn take(&mut self) -> Batch {
        self.position = self.fetched;
        std::mem::take(&mut self.pending)
    }
}

fn produced_ns(message: &Incoming<'_>) -> Option<i64> {
    Some(i64::from_be_bytes(message.header(PRODUCED_NS)?.try_into().ok()?))
}
