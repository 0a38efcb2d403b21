//! Records on their way to the broker: only while the claim is proven, each once.

use std::thread;
use std::time::{Duration, Instant};

use broadcast::Broadcast;
use contracts::{Entry, Kind, Topic};
use tapelog::{FrameOrigin, Producer, WriteError};

use crate::capture::Written;
use crate::claim::SoleWriter;
use crate::error::IngestError;
use crate::outbox::Outbox;

/// Between two looks at the lease.
const WITHOUT_LEASE: Duration = Duration::from_millis(10);
/// So many records wait for the lease to be renewed; then whoever makes them waits too. Some 100 MB.
const WAITING_MAX: usize = 500_000;

pub struct Publisher {
    writer: SoleWriter,
    producer: Producer,
    /// In the origins of what is written; none where no frame log is kept.
    run: Option<u64>,
    /// What the topics hold of that run already.
    written: Written,
    /// Others who listen.
    live: Option<Broadcast>,
}

impl Publisher {
    pub fn new(writer: SoleWriter, producer: Producer, live: Option<Broadcast>) -> Self {
        Self {
            writer,
            producer,
            run: None,
            written: Written::default(),
            live,
        }
    }

    /// What comes is of this run, of which the topics hold what `written` says.
    pub fn begin_run(&mut self, run: u64, written: Written) {
        self.run = Some(run);
        self.written = written;
    }

    /// Hands the records to the producer, which waits while its queue is full. Without a lease they wait in the outbox.
    pub fn send(&mut self, outbox: &mut Outbox) -> Result<(), IngestError> {
        while !self.writer.may_write()? {
            if outbox.entries().len() < WAITING_MAX {
                return Ok(());
            }
            thread::sleep(WITHOUT_LEASE);
        }
        for entry in outbox.entries().filter(|entry| !self.written.holds(entry)) {
            self.hand_over(&entry)?;
        }
        if let Some(live) = &self.live {
            live.publish(
                outbox.entries().filter(|entry| !self.written.holds(entry)),
                tapelog::now_ns(),
            );
        }
        outbox.clear();
        Ok(())
    }

    /// As `send`, but waits for the lease; the records that the topics lacked.
    pub fn send_all(&mut self, outbox: &mut Outbox) -> Result<u64, IngestError> {
        let lacked = outbox.entries().filter(|entry| !self.written.holds(entry)).count();
        self.send(outbox)?;
        while outbox.entries().len() > 0 {
            thread::sleep(WITHOUT_LEASE);
            self.send(outbox)?;
        }
        Ok(lacked as u64)
    }

    fn hand_over(&self, entry: &Entry<'_>) -> Result<(), WriteError> {
        let Entry {
            topic,
            partition,
            key,
            value,
            ..
        } = *entry;
        let Some(run) = self.run else {
            return self.producer.send(topic, partition, key, value, None);
        };
        let frame = FrameOrigin {
            run,
            sequence: entry.origin.offset.cast_unsigned(),
            index: entry.origin.index.cast_unsigned(),
        };
        self.producer.send_framed(topic, partition, key, value, frame)
    }

    /// Fails if the broker lost anything.
    pub fn check(&self) -> Result<(), WriteError> {
        self.producer.check()
    }

    /// Waits until everything sent is acknowledged.
    pub fn flush(&self, timeout: Duration) -> Result<(), WriteError> {
        self.producer.flush(timeout)
    }

    /// Sends what waits and sees it acknowledged, by `deadline`.
    pub fn finish(&mut self, outbox: &mut Outbox, deadline: Instant) -> Result<(), IngestError> {
        self.send(outbox)?;
        while outbox.entries().len() > 0 && Instant::now() < deadline {
            thread::sleep(WITHOUT_LEASE);
            self.send(outbox)?;
        }
        let waiting = outbox.entries().len();
        self.flush(deadline.saturating_duration_since(Instant::now()))?;
        if waiting > 0 {
            return Err(IngestError::Unwritten { waiting });
        }
        Ok(())
    }

    /// Gives the claim back, so that a successor need not wait. To be called when everything is acknowledged.
    pub fn give_back(&mut self) {
        self.writer.give_back();
    }

    /// Records of this kind's topic that the broker acknowledged.
    pub fn acknowledged(&self, kind: Kind) -> u64 {
        Topic::of_kind(kind).map_or(0, |topic| self.producer.acknowledged(topic))
    }

    /// Records sent and not yet acknowledged.
    pub fn unacknowledged(&self) -> u64 {
        self.producer.unacknowledged()
    }
}
