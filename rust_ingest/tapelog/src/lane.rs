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
    pending: Batch,
    /// Offset behind the last pending record.
    fetched: i64,
}

impl Lane {
    pub fn new(topic: &'static Topic, partition: i32, name: String, position: i64) -> Self {
        Self {
            topic,
            partition,
            name,
            position,
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
        self.pending.push(Entry {
            topic: self.topic,
            partition: self.partition,
            offset,
            timestamp_ms: message.timestamp_ms(),
            produced_ns: produced_ns(message),
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
