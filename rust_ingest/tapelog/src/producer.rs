//! A producer that answers for every record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use contracts::{TOPICS, Topic};
use rdkafka::ClientConfig;
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::producer::{BaseProducer, Producer as _};

use crate::deliveries::{Deliveries, End};
use crate::frame_origin::FrameOrigin;
use crate::queues::Stamp;
use crate::{ConfigError, LogConfig, WriteError};

/// Acknowledgements gather for this long: at a few thousand records a second, a thread that woke for each of them would take
/// a core's time from those who wait for the records themselves.
const GATHER: Duration = Duration::from_millis(4);
/// While somebody or another record waits for them, they are taken in as they come. rdkafka's `poll` asks without a rest for its
/// last millisecond, so that this is many.
const POLL: Duration = Duration::from_millis(25);
/// Between two tries while the queue is full.
const BACK_PRESSURE: Duration = Duration::from_micros(500);

/// Writes records, idempotently and with `acks=all`; thread-safe, as long as each partition's records come from one thread.
///
/// The first record that is lost ends it: what is queued behind is withdrawn, and every later call fails, so that the
/// log never holds a record without its predecessor. Records still on their way are dropped with it: `flush` first.
pub struct Producer {
    kafka: Arc<BaseProducer<Deliveries>>,
    bootstrap: String,
    room: Room,
    stop: Arc<AtomicBool>,
    reports: Option<JoinHandle<()>>,
}

impl Producer {
    /// Does not wait for the broker: it may come later.
    pub fn new(config: &LogConfig) -> Result<Self, ConfigError> {
        let names = TOPICS.iter().map(|topic| config.name_of(topic)).collect();
        let settings = config.producer();
        let kafka = BaseProducer::from_config_and_context(&settings, Deliveries::new(names))?;
        let kafka = Arc::new(kafka);
        kafka.context().watch(Arc::downgrade(&kafka));
        let stop = Arc::new(AtomicBool::new(false));
        let reports = thread::Builder::new().name("deliveries".to_owned()).spawn({
            let (kafka, stop) = (Arc::clone(&kafka), Arc::clone(&stop));
            move || {
                let deliveries = kafka.context();
                while !stop.load(Ordering::Acquire) {
                    if deliveries.is_awaited() {
                        kafka.poll(POLL);
                        deliveries.retry();
                    } else {
                        take_in(&kafka);
                        thread::park_timeout(GATHER);
                    }
                }
            }
        });
        let reports = reports.map_err(|error| ConfigError::Client {
            reason: format!("no thread for delivery reports: {error}"),
        })?;
        Ok(Self {
            kafka,
            bootstrap: config.bootstrap().to_owned(),
            room: Room::of(&settings),
            stop,
            reports: Some(reports),
        })
    }

    /// Queues one framed record. Returns at once; while the queue is full it waits for room.
    ///
    /// `produced_ns` becomes the header of that name. Fails if any record, this or an earlier one, was lost.
    pub fn send(
        &self,
        topic: &Topic,
        partition: i32,
        key: &[u8],
        value: &[u8],
        produced_ns: Option<i64>,
    ) -> Result<(), WriteError> {
        self.put(topic, partition, key, value, produced_ns.map(Stamp::Produced), None)
    }

    /// As `send`, of a record that was made of a frame: `frame` becomes the header of that name. With a `patience` it waits no longer than
    /// that for room in the queue: [`WriteError::QueueFull`] then, and the record was not queued.
    pub fn send_framed(
        &self,
        topic: &Topic,
        partition: i32,
        key: &[u8],
        value: &[u8],
        frame: FrameOrigin,
        patience: Option<Duration>,
    ) -> Result<(), WriteError> {
        self.put(topic, partition, key, value, Some(Stamp::Frame(frame)), patience)
    }

    fn put(
        &self,
        topic: &Topic,
        partition: i32,
        key: &[u8],
        value: &[u8],
        stamp: Option<Stamp>,
        patience: Option<Duration>,
    ) -> Result<(), WriteError> {
        let deliveries = self.kafka.context();
        deliveries.check()?;
        let mut full_since = None;
        while self.room.is_full(deliveries) {
            let full_since = *full_since.get_or_insert_with(Instant::now);
            if patience.is_some_and(|patience| full_since.elapsed() > patience) {
                return Err(WriteError::QueueFull {
                    unacknowledged: deliveries.unacknowledged(),
                    bootstrap: self.bootstrap.clone(),
                });
            }
            thread::sleep(BACK_PRESSURE);
            deliveries.check()?;
        }
        let others_wait = deliveries.is_awaited();
        deliveries.put(&self.kafka, index(topic), partition, key, value, stamp)?;
        if !others_wait && deliveries.is_awaited() {
            self.hurry();
        }
        Ok(())
    }

    /// Acknowledgements are wanted now.
    fn hurry(&self) {
        if let Some(reports) = &self.reports {
            reports.thread().unpark();
        }
    }

    /// Waits until the broker has acknowledged everything sent so far.
    ///
    /// Fails if any record was ever lost, or after `timeout`; after a timeout records are still on their way.
    pub fn flush(&self, timeout: Duration) -> Result<(), WriteError> {
        let deliveries = self.kafka.context();
        let done = deliveries.wait(timeout, || self.hurry());
        deliveries.check()?;
        if !done {
            return Err(WriteError::TimedOut {
                unacknowledged: deliveries.unacknowledged(),
                timeout_ms: timeout.as_millis(),
                bootstrap: self.bootstrap.clone(),
            });
        }
        Ok(())
    }

    /// Fails if any record was ever lost.
    pub fn check(&self) -> Result<(), WriteError> {
        self.kafka.context().check()
    }

    /// Records sent and not yet acknowledged.
    pub fn unacknowledged(&self) -> u64 {
        self.kafka.context().unacknowledged()
    }

    /// Records of this topic that the broker acknowledged to this producer.
    pub fn acknowledged(&self, topic: &Topic) -> u64 {
        self.kafka.context().acknowledged(index(topic))
    }

    /// The offset behind this producer's last acknowledged record; `None` before the first.
    pub fn end(&self, topic: &Topic, partition: i32) -> Option<i64> {
        self.acknowledged_end(topic, partition).map(|end| end.offset)
    }

    /// The same, with the origin of the last one that was made of a frame, at one moment. All before it in that partition are acknowledged
    /// too.
    pub fn acknowledged_end(&self, topic: &Topic, partition: i32) -> Option<End> {
        self.kafka.context().end(index(topic), partition)
    }
}

/// What a producer holds at most, of records that are not acknowledged.
struct Room {
    records: u64,
    bytes: u64,
}

impl Room {
    /// As librdkafka reads its `queue.buffering.max` settings.
    fn of(settings: &ClientConfig) -> Self {
        let bound = |property| {
            settings
                .get(property)
                .and_then(|value| value.parse().ok())
                .filter(|&bound| bound > 0)
        };
        Self {
            records: bound("queue.buffering.max.messages").unwrap_or(u64::MAX),
            bytes: bound("queue.buffering.max.kbytes").map_or(u64::MAX, |kbytes: u64| kbytes * 1024),
        }
    }

    fn is_full(&self, deliveries: &Deliveries) -> bool {
        deliveries.unacknowledged() >= self.records || deliveries.held_bytes() >= self.bytes
    }
}

/// Topics exist only as elements of `TOPICS`.
fn index(topic: &Topic) -> usize {
    TOPICS.iter().position(|known| known == topic).expect("one of TOPICS")
}

/// All reports that are there.
fn take_in(kafka: &BaseProducer<Deliveries>) {
    let deliveries = kafka.context();
    loop {
        let before = deliveries.reported();
        // librdkafka hands out one group of reports a call.
        kafka.poll(Duration::ZERO);
        if deliveries.reported() == before {
            return;
        }
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(reports) = self.reports.take() {
            reports.thread().unpark();
            // A panic there has been printed by its thread; there is nothing left to report it to.
            let _ = reports.join();
        }
    }
}
