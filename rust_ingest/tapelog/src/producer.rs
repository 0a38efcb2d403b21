//! A producer that answers for every record.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use contracts::{TOPICS, Topic};
use rdkafka::config::FromClientConfigAndContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};

use crate::deliveries::{Deliveries, End};
use crate::frame_origin::{FRAME, FrameOrigin};
use crate::{ConfigError, LogConfig, WriteError};

/// Header with the time of writing, 8 bytes big endian.
pub(crate) const PRODUCED_NS: &str = "produced_ns";

/// Acknowledgements gather for this long: at a few thousand records a second, a thread that woke for each of them would take
/// a core's time from those who wait for the records themselves.
const GATHER: Duration = Duration::from_millis(4);
/// While somebody waits for them, they are taken in as they come.
const POLL: Duration = Duration::from_millis(5);
/// Between two tries while the queue is full.
const BACK_PRESSURE: Duration = Duration::from_micros(500);

/// Writes records, idempotently and with `acks=all`; thread-safe, as long as each partition's records come from one thread.
///
/// The first record that is lost ends it: what is queued behind is withdrawn, and every later call fails, so that the
/// log never holds a record without its predecessor. Records still on their way are dropped with it: `flush` first.
pub struct Producer {
    kafka: Arc<BaseProducer<Deliveries>>,
    bootstrap: String,
    /// The topics' names at the broker, in the order of `TOPICS`.
    names: Vec<String>,
    stop: Arc<AtomicBool>,
    reports: Option<JoinHandle<()>>,
}

impl Producer {
    /// Does not wait for the broker: it may come later.
    pub fn new(config: &LogConfig) -> Result<Self, ConfigError> {
        let kafka = BaseProducer::from_config_and_context(&config.producer(), Deliveries::default())?;
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
            names: TOPICS.iter().map(|topic| config.name_of(topic)).collect(),
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
        let header = produced_ns.map(|produced_ns| header(PRODUCED_NS, &produced_ns.to_be_bytes()));
        self.send_with(topic, partition, key, value, header, None)
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
        let header = header(FRAME, &frame.to_bytes());
        self.send_with(topic, partition, key, value, Some(header), patience)
    }

    fn send_with(
        &self,
        topic: &Topic,
        partition: i32,
        key: &[u8],
        value: &[u8],
        headers: Option<OwnedHeaders>,
        patience: Option<Duration>,
    ) -> Result<(), WriteError> {
        let deliveries = self.kafka.context();
        deliveries.check()?;
        let name = self.name(topic);
        let number = deliveries.sent();
        let mut record = BaseRecord::with_opaque_to(name, number)
            .partition(partition)
            .key(key)
            .payload(value);
        if let Some(headers) = headers {
            record = record.headers(headers);
        }
        let mut full_since = None;
        while let Err((error, refused)) = self.kafka.send(record) {
            record = refused;
            match error {
                KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull) => {
                    let full_since = *full_since.get_or_insert_with(Instant::now);
                    if patience.is_some_and(|patience| full_since.elapsed() > patience) {
                        deliveries.unsent();
                        return Err(WriteError::QueueFull {
                            unacknowledged: deliveries.unacknowledged(),
                            bootstrap: self.bootstrap.clone(),
                        });
                    }
                    thread::sleep(BACK_PRESSURE);
                }
                error => deliveries.lose(name, partition, &error),
            }
            if let Err(lost) = deliveries.check() {
                deliveries.unsent();
                return Err(lost);
            }
        }
        Ok(())
    }

    /// Waits until the broker has acknowledged everything sent so far.
    ///
    /// Fails if any record was ever lost, or after `timeout`; after a timeout records are still on their way.
    pub fn flush(&self, timeout: Duration) -> Result<(), WriteError> {
        let deliveries = self.kafka.context();
        let done = deliveries.wait(timeout, || {
            if let Some(reports) = &self.reports {
                reports.thread().unpark();
            }
        });
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
        self.kafka.context().acknowledged(self.name(topic))
    }

    /// The offset behind this producer's last acknowledged record; `None` before the first.
    pub fn end(&self, topic: &Topic, partition: i32) -> Option<i64> {
        self.acknowledged_end(topic, partition).map(|end| end.offset)
    }

    /// The same, with the origin of the last one that was made of a frame, at one moment. All before it in that partition are acknowledged
    /// too.
    pub fn acknowledged_end(&self, topic: &Topic, partition: i32) -> Option<End> {
        self.kafka.context().end(self.name(topic), partition)
    }

    fn name(&self, topic: &Topic) -> &str {
        let index = TOPICS.iter().position(|known| known == topic);
        // Topics exist only as elements of TOPICS.
        &self.names[index.expect("one of TOPICS")]
    }
}

fn header(name: &str, value: &[u8]) -> OwnedHeaders {
    OwnedHeaders::new_with_capacity(1).insert(Header {
        key: name,
        value: Some(value),
    })
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
