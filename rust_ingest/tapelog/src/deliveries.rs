//! The books of a producer: what was sent, what waits, what the broker acknowledged, and the first record that was lost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use crash_points::CrashPoint;
use rdkafka::ClientContext;
use rdkafka::Message;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseProducer, Producer, ProducerContext, PurgeConfig};

use crate::frame_origin::FrameOrigin;
use crate::queues::Queues;
use crate::{WriteError, context};

mod hand_over;

#[derive(Default)]
pub(crate) struct Deliveries {
    /// The topics' names at the broker, in the order of `TOPICS`.
    names: Vec<String>,
    queues: Queues,
    sent: AtomicU64,
    /// Reported on by librdkafka, either way.
    reported: AtomicU64,
    /// Keys and values of those that were sent and not reported on.
    held_bytes: AtomicU64,
    lost: AtomicBool,
    /// Callers that wait for everything to be acknowledged.
    waiting: AtomicU64,
    books: Mutex<Books>,
    quiet: Condvar,
    /// To stop the producer from within its own report of a loss.
    producer: OnceLock<Weak<BaseProducer<Deliveries>>>,
}

#[derive(Default)]
struct Books {
    /// By the topic's place in `TOPICS`.
    topics: BTreeMap<usize, Acknowledged>,
    first_loss: Option<WriteError>,
}

#[derive(Default)]
struct Acknowledged {
    count: u64,
    /// By partition.
    ends: BTreeMap<i32, Told>,
}

/// What the broker told of a partition.
#[derive(Clone, Copy, Default)]
struct Told {
    end: End,
    /// Number of the newest record that was acknowledged, counted as they were handed over.
    newest: usize,
}

/// A record was put where an earlier one had been acknowledged: the broker lost that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WentBack {
    offset: i64,
    acknowledged: i64,
}

/// What was acknowledged of a partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Behind the last record.
    pub offset: i64,
    /// Origin of the last record that was made of a frame.
    pub frame: Option<FrameOrigin>,
}

impl Told {
    /// Of a repeated request the broker does not tell the offset: then it is negative. `number`: of the record, see [`Told::newest`].
    fn acknowledge(&mut self, number: usize, offset: i64, frame: Option<FrameOrigin>) -> Result<(), WentBack> {
        let acknowledged = self.end.offset - 1;
        if number > self.newest && (0..=acknowledged).contains(&offset) {
            return Err(WentBack { offset, acknowledged });
        }
        self.newest = self.newest.max(number);
        self.end.acknowledge(offset, frame);
        Ok(())
    }
}

impl End {
    fn acknowledge(&mut self, offset: i64, frame: Option<FrameOrigin>) {
        self.offset = self.offset.max(offset + 1);
        self.frame = match (self.frame, frame) {
            // The broker takes a partition's requests in their order, but librdkafka can hear of an earlier one last: it was repeated.
            (Some(last), Some(frame)) if frame.run == last.run => Some(last.max(frame)),
            // Runs have no order: the one that is told now is the newer one.
            (last, frame) => frame.or(last),
        };
    }
}

impl Deliveries {
    /// `names`: of the topics at the broker, in the order of `TOPICS`.
    pub fn new(names: Vec<String>) -> Self {
        Self {
            names,
            ..Self::default()
        }
    }

    pub fn watch(&self, producer: Weak<BaseProducer<Deliveries>>) {
        // Called once, by the producer's constructor.
        let _ = self.producer.set(producer);
    }

    /// Keys and values of the records that are not acknowledged.
    pub fn held_bytes(&self) -> u64 {
        self.held_bytes.load(Ordering::Acquire)
    }

    /// Records that were acknowledged or lost.
    pub fn reported(&self) -> u64 {
        self.reported.load(Ordering::Acquire)
    }

    fn outstanding(&self) -> u64 {
        let reported = self.reported();
        self.sent.load(Ordering::Acquire).saturating_sub(reported)
    }

    /// Fails if any record was ever lost.
    pub fn check(&self) -> Result<(), WriteError> {
        if self.lost.load(Ordering::Acquire) {
            return Err(self.books().first_loss.clone().expect("set before the flag"));
        }
        Ok(())
    }

    /// A record was not written.
    pub fn lose(&self, topic: &str, partition: i32, error: &KafkaError) {
        self.fail(WriteError::Lost {
            topic: topic.to_owned(),
            partition,
            reason: error.to_string(),
            is_outage: matches!(
                error.rdkafka_error_code(),
                Some(RDKafkaErrorCode::MessageTimedOut | RDKafkaErrorCode::RequestTimedOut)
            ),
        });
    }

    /// Keeps the first loss; whatever is still queued must not be written behind it.
    fn fail(&self, error: WriteError) {
        let mut books = self.books();
        if books.first_loss.is_none() {
            books.first_loss = Some(error);
            self.lost.store(true, Ordering::Release);
            drop(books);
            if let Some(producer) = self.producer.get().and_then(Weak::upgrade) {
                producer.purge(PurgeConfig::default().queue().inflight());
            }
        }
    }

    /// Whether a caller or a record waits for the acknowledgements.
    pub fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0 || self.queues.wait()
    }

    /// Waits until nothing is outstanding; true if that came to pass. `hurry` wakes whoever takes the reports in.
    pub fn wait(&self, timeout: Duration, hurry: impl FnOnce()) -> bool {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        hurry();
        let done = self.wait_until_quiet(timeout);
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        done
    }

    fn wait_until_quiet(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        let mut books = self.books();
        while self.outstanding() > 0 && !self.lost.load(Ordering::Acquire) {
            let Some(left) = deadline
                .checked_duration_since(Instant::now())
                .filter(|left| !left.is_zero())
            else {
                return false;
            };
            books = self
                .quiet
                .wait_timeout(books, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }

    pub fn unacknowledged(&self) -> u64 {
        self.outstanding()
    }

    pub fn acknowledged(&self, topic: usize) -> u64 {
        self.books().topics.get(&topic).map_or(0, |topic| topic.count)
    }

    pub fn end(&self, topic: usize, partition: i32) -> Option<End> {
        Some(self.books().topics.get(&topic)?.ends.get(&partition)?.end)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        context::log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        context::report(&error, reason);
    }
}

impl ProducerContext for Deliveries {
    /// The record's number.
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        let (Ok(message) | Err((_, message))) = result;
        let topic = self.names.iter().position(|name| name == message.topic());
        // Nothing is sent to other topics.
        let topic = topic.expect("one of TOPICS");
        let partition = message.partition();
        match result {
            Ok(_) => {
                crash_points::pass(CrashPoint::Delivered);
                let mut books = self.books();
                let acknowledged = books.topics.entry(topic).or_default();
                acknowledged.count += 1;
                let told = acknowledged.ends.entry(partition).or_default();
                let frame = FrameOrigin::of(message.headers());
                let told = told.acknowledge(number, message.offset(), frame);
                drop(books);
                if let Err(WentBack { offset, acknowledged }) = told {
                    self.fail(WriteError::WentBack {
                        topic: message.topic().to_owned(),
                        partition,
                        offset,
                        acknowledged,
                    });
                }
            }
            Err((error, _)) => self.lose(message.topic(), partition, error),
        }
        self.held_bytes
            .fetch_sub((message.key_len() + message.payload_len()) as u64, Ordering::AcqRel);
        self.reported.fetch_add(1, Ordering::AcqRel);
        self.arrived(topic, partition);
        crash_points::pass(CrashPoint::Acknowledged);
        if self.outstanding() == 0 || self.lost.load(Ordering::Acquire) {
            // Under the lock, or a waiter between its check and its sleep would miss it.
            let _books = self.books();
            self.quiet.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(run: u64, sequence: u64) -> Option<FrameOrigin> {
        let index = 0;
        Some(FrameOrigin { run, sequence, index })
    }

    #[test]
    fn what_was_acknowledged_does_not_go_back() {
        let mut told = Told::default();
        told.acknowledge(5, 7, origin(9, 30)).unwrap();
        // A repeated request's, told behind the next one's.
        told.acknowledge(3, -1, origin(9, 20)).unwrap();
        told.acknowledge(4, 6, None).unwrap();
        assert_eq!((told.end.offset, told.end.frame), (8, origin(9, 30)));
        // Another run, whose number is what it is.
        told.acknowledge(6, 8, origin(2, 31)).unwrap();
        assert_eq!((told.end.offset, told.end.frame), (9, origin(2, 31)));
    }

    #[test]
    fn a_broker_that_puts_a_record_where_one_was_acknowledged_has_lost_that() {
        let mut told = Told::default();
        told.acknowledge(1, 100, None).unwrap();
        for offset in [100, 99, 0] {
            let acknowledged = 100;
            assert_eq!(
                told.acknowledge(2, offset, None),
                Err(WentBack { offset, acknowledged })
            );
        }
        assert_eq!(told.end.offset, 101, "nothing of it is taken for true");
    }
}
