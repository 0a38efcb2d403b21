//! Records on their way to the broker: only while the claim is proven, each once.

mod of_run;

use std::thread;
use std::time::{Duration, Instant};

use broadcast::Broadcast;
use contracts::{Entry, Kind, Topic};
use crash_points::CrashPoint;
use tapelog::{LogConfig, Producer, WriteError};

use crate::capture::{Confirmed, Written};
use crate::claim::SoleWriter;
use crate::error::IngestError;
use crate::outbox::Outbox;
use crate::status::Delivered;
use of_run::OfRun;

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
    /// Named in the origins of what is written; none where no frame log is kept.
    of_run: Option<OfRun>,
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
            of_run: None,
            live,
            acknowledged_before: [0; 2],
        })
    }

    /// What comes is of this run, of which so much is confirmed, and the topics hold what `written` says.
    pub fn begin_run(&mut self, run: u64, confirmed: Confirmed, written: Written) {
        self.of_run = Some(OfRun::new(run, confirmed, written));
    }

    /// What is confirmed of the run. Of its frames before `next`, the outbox has what was not handed over. None where no frame log is
    /// kept.
    pub fn confirmed(&mut self, outbox: &Outbox, next: u64) -> Option<Confirmed> {
        let unsent = outbox.entries().next().map(|entry| entry.origin.offset.cast_unsigned());
        let handed_before = unsent.map_or(next, |unsent| unsent.min(next));
        let ends = |topic: &Topic, partition| self.producer.acknowledged_end(topic, partition);
        Some(self.of_run.as_mut()?.confirmed(handed_before, ends).clone())
    }

    /// Ends an attempt to write that an outage cut short, so that another can begin: what is on its way is there or lost, and the topics can be
    /// asked for what they hold. Waits until the claim is proven. Fails if the broker lost what it had acknowledged: they may hold what stands
    /// behind a hole, and by the tail rule nobody would write what is in it.
    pub fn settle(&mut self) -> Result<(), IngestError> {
        while !self.may_write()? {
            thread::sleep(WITHOUT_LEASE);
        }
        match self.flush(BROKER_PATIENCE) {
            Ok(()) => Ok(()),
            Err(error @ WriteError::WentBack { .. }) => Err(error.into()),
            Err(_) => Ok(self.renew()?),
        }
    }

    /// Goes on with another producer where this one has lost records, which is for good: what comes is to be of a run that is begun anew.
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
        for entry in outbox.entries() {
            if !self.is_written(&entry) {
                self.hand_over(&entry, patience)?;
                crash_points::pass(CrashPoint::HandedOver);
            }
        }
        crash_points::pass(CrashPoint::Sent);
        self.tell(outbox.entries().filter(|entry| !self.is_written(entry)));
        outbox.clear();
        Ok(())
    }

    /// As `send`, but waits for the lease, and as long as the queue is full.
    pub fn send_all(&mut self, outbox: &mut Outbox) -> Result<(), IngestError> {
        self.send_within(outbox, None)?;
        while outbox.entries().len() > 0 {
            thread::sleep(WITHOUT_LEASE);
            self.send_within(outbox, None)?;
        }
        Ok(())
    }

    /// Tells others who listen.
    fn tell<'a>(&self, entries: impl Iterator<Item = Entry<'a>>) {
        if let Some(live) = &self.live {
            live.publish(entries, tapelog::now_ns());
        }
    }

    #[inline]
    fn is_written(&self, entry: &Entry<'_>) -> bool {
        self.of_run.as_ref().is_some_and(|of_run| of_run.is_written(entry))
    }

    #[inline]
    fn hand_over(&mut self, entry: &Entry<'_>, patience: Option<Duration>) -> Result<(), WriteError> {
        let Entry {
            topic,
            partition,
            key,
            value,
            ..
        } = *entry;
        let Some(of_run) = &mut self.of_run else {
            return self.producer.send(topic, partition, key, value, None);
        };
        let frame = of_run.origin(entry);
        self.producer
            .send_framed(topic, partition, key, value, frame, patience)?;
        of_run.hand_over(topic, partition, frame);
        Ok(())
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
