//! What the router writes: reports to `risk.inbox`, and what it could not work to `ops.dead_letters`.

use contracts::{DeadLetter, Entry, ExecutionReport, Record, SchemaIds, Topic, encode, letter_of, partition_of};
use tapelog::{Inspector, LogConfig, Producer, WriteError, now_ns};

use crate::error::RouterError;
use crate::metrics;
use crate::order::Reports;

pub(crate) struct Journal {
    producer: Producer,
    ids: SchemaIds,
    inbox: Destination,
    dead_letters: Destination,
    value: Vec<u8>,
    reports: u64,
    letters: u64,
    failure: Option<WriteError>,
}

#[derive(Clone, Copy)]
struct Destination {
    topic: &'static Topic,
    partitions: u32,
}

impl Journal {
    pub fn open(config: &LogConfig, ids: SchemaIds) -> Result<Self, RouterError> {
        let inspector = Inspector::new(config)?;
        let destination = |topic| {
            let partitions = inspector.partitions(topic)? as u32;
            Ok::<_, RouterError>(Destination { topic, partitions })
        };
        Ok(Self {
            producer: Producer::new(config)?,
            ids,
            inbox: destination(crate::topics::inbox())?,
            dead_letters: destination(crate::topics::dead_letters())?,
            value: Vec::with_capacity(512),
            reports: 0,
            letters: 0,
            failure: None,
        })
    }

    pub fn ids(&self) -> &SchemaIds {
        &self.ids
    }

    /// Writes down a record of `execution.orders` that cannot be worked.
    pub fn dead_letter(&mut self, entry: &Entry<'_>, reason: &str, detail: &str) {
        tracing::warn!(partition = entry.partition, offset = entry.offset, reason, "{detail}");
        let source = entry.topic.name;
        let (value, detail) = letter_of(entry.value, detail);
        let letter = DeadLetter {
            origin: Some(entry.origin),
            stage: "router",
            source,
            reason,
            detail: &detail,
            value,
            receive_ns: None,
        };
        self.write(self.dead_letters, source, &Record::DeadLetter(letter));
        self.letters += 1;
    }

    pub fn reports(&self) -> u64 {
        self.reports
    }

    pub fn letters(&self) -> u64 {
        self.letters
    }

    /// Records written, and how many of them the broker has acknowledged.
    pub fn written(&self) -> (u64, u64) {
        let acknowledged = [self.inbox, self.dead_letters].map(|to| self.producer.acknowledged(to.topic));
        (self.reports + self.letters, acknowledged.iter().sum())
    }

    /// Fails if any record was lost.
    pub fn check(&self) -> Result<(), WriteError> {
        match &self.failure {
            Some(failure) => Err(failure.clone()),
            None => self.producer.check(),
        }
    }

    /// Waits until the broker has acknowledged everything.
    pub fn flush(&self, timeout: std::time::Duration) -> Result<(), WriteError> {
        self.check()?;
        self.producer.flush(timeout)
    }

    fn write(&mut self, to: Destination, key: &str, record: &Record<'_>) {
        self.value.clear();
        encode(&self.ids, record, &mut self.value);
        let partition = partition_of(key.as_bytes(), to.partitions);
        let sent = self
            .producer
            .send(to.topic, partition, key.as_bytes(), &self.value, Some(now_ns()));
        if let Err(failure) = sent {
            // The producer writes nothing behind a loss; the loop ends at its next check.
            self.failure.get_or_insert(failure);
        }
    }
}

impl Reports for Journal {
    fn report(&mut self, report: &ExecutionReport<'_>) {
        self.write(self.inbox, report.account, &Record::ExecutionReport(*report));
        self.reports += 1;
        metrics::reported(report);
    }
}
