//! Records on their way to the broker: only while the claim is proven, each once.

use std::thread;
use std::time::{Duration, Instant};

use broadcast::Broadcast;
use contracts::{Entry, Kind, Topic};
use crash_points::CrashPoint;
use tapelog::{FrameOrigin, LogConfig, Producer, WriteError};

use crate::capture::Written;
use crate::claim::SoleWriter;
use crate::error::IngestError;
use crate::outbox::Outbox;
use crate::status::Delivered;

/// Between two looks at the lease.
const WITHOUT_LEASE: Duration = Duration::from_millis(10);
/// So many records wait for the lease to be renewed; then whoever makes them waits too. Some 100 MB.
const WAITING_MAX: usize = 500_000;
/// A broker that is up has acknowledged everything long before.
pub const BROKER_PATIENCE: Duration = Duration::from_secs(300);
/// Whoever has a frame log waits no longer for room in the producer's queue: sockets are not read meanwhile.
const QUEUE_PATIENCE: Duration = Duration::from_millis(500);

pub struct Publisher {
    writer: SoleWriter,
    config: LogConfig,
    producer: Producer,
    /// In the origins of what is written; none where no frame log is kept.
    run: Option<u64>,
    /// What the topics hold of that run already.
    written: Written,
    /// Others who listen.
    live: Option<Broadcast>,
    /// By producers before this one.
    acknowledged_before: [u64; 2],
}

impl Publisher {
    pub fn new(writer: SoleWriter, config: LogConfig, live: Option<Broadcast>) -> Result<Self, IngestError> {
        Ok(Self {
            writer,
            producer: Producer::new(&config).map_err(WriteError::from)?,
            config,
            run: None,
            written: Written::default(),
            live,
            acknowledged_before: [0; 2],
        })
    }

    /// What comes is of this run, of which the topics hold what `written` says.
    pub fn begin_run(&mut self, run: u64, written: Written) {
        self.run = Some(run);
        self.written = written;
    }

    /// Goes on with another producer where this one has lost records, which is for good.
    pub fn renew(&mut self) -> Result<(), WriteError> {
        let delivered = self.delivered();
        self.acknowledged_before = [delivered.ticks_acknowledged, delivered.dead_letters_acknowledged];
        self.producer = Producer::new(&self.config)?;
        Ok(())
    }

    /// Hands the records to the producer, which waits while its queue is full; where there is a frame log, not for long. Without a lease they wait in the outbox.
    pub fn send(&mut self, outbox: &mut Outbox) -> Result<(), IngestError> {
        self.send_within(outbox, Some(QUEUE_PATIENCE))
    }

    fn send_within(&mut self, outbox: &mut Outbox, patience: Option<Duration>) -> Result<(), IngestError> {
        while !self.writer.may_write()? {
            if outbox.entries().len() < WAITING_MAX {
                return Ok(());
            }
            thread::sleep(WITHOUT_LEASE);
        }
        for entry in outbox.entries().filter(|entry| !self.written.holds(entry)) {
            self.hand_over(&entry, patience)?;
            crash_points::pass(CrashPoint::HandedOver);
        }
        crash_points::pass(CrashPoint::Sent);
        self.tell(outbox.entries().filter(|entry| !self.written.holds(entry)));
        outbox.clear();
        Ok(())
    }

    /// As `send`, but waits for the lease, and as long as the queue is full; the records that the topics lacked.
    pub fn send_all(&mut self, outbox: &mut Outbox) -> Result<u64, IngestError> {
        let lacked = outbox.entries().filter(|entry| !self.written.holds(entry)).count();
        self.send_within(outbox, None)?;
        while outbox.entries().len() > 0 {
            thread::sleep(WITHOUT_LEASE);
            self.send_within(outbox, None)?;
        }
        Ok(lacked as u64)
    }

    /// Tells others who listen.
    fn tell<'a>(&self, entries: impl Iterator<Item = Entry<'a>>) {
        if let Some(live) = &self.live {
            live.publish(entries, tapelog::now_ns());
        }
    }

    fn hand_over(&self, entry: &Entry<'_>, patience: Option<Duration>) -> Result<(), WriteError> {
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
        let frame = FrameOrigin::of_entry(run, entry);
        self.producer.send_framed(topic, partition, key, value, frame, patience)
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

    /// Whether the claim is proven now. Fails for good once another holds it.
    pub fn may_write(&self) -> Result<bool, IngestError> {
        Ok(self.writer.may_write()?)
    }

    /// Those who listen, to be told by somebody else for a while.
    pub fn live_mut(&mut self) -> &mut Option<Broadcast> {
        &mut self.live
    }

    /// What became of the records that were sent.
    pub fn delivered(&self) -> Delivered {
        let acknowledged = |kind| Topic::of_kind(kind).map_or(0, |topic| self.producer.acknowledged(topic));
        let [ticks_before, letters_before] = self.acknowledged_before;
        Delivered {
            ticks_acknowledged: ticks_before + acknowledged(Kind::Trade),
            dead_letters_acknowledged: letters_before + acknowledged(Kind::DeadLetter),
            unacknowledged: self.producer.unacknowledged(),
        }
    }
}
