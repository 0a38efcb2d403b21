//! The books of a producer: what was handed over, what the broker acknowledged, and the first record that was lost.

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
use crate::{WriteError, context};

#[derive(Default)]
pub(crate) struct Deliveries {
    /// Handed to librdkafka.
    sent: AtomicU64,
    /// Reported on by librdkafka, either way.
    reported: AtomicU64,
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
    /// By the topic's name at the broker.
    topics: BTreeMap<String, Acknowledged>,
    first_loss: Option<WriteError>,
}

#[derive(Default)]
struct Acknowledged {
    count: u64,
    /// By partition.
    ends: BTreeMap<i32, End>,
}

/// What was acknowledged of a partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Behind the last record.
    pub offset: i64,
    /// Origin of the last record that was made of a frame.
    pub frame: Option<FrameOrigin>,
}

impl End {
    /// Of a repeated request the broker does not tell the offset: then it is negative.
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
    pub fn watch(&self, producer: Weak<BaseProducer<Deliveries>>) {
        // Called once, by the producer's constructor.
        let _ = self.producer.set(producer);
    }

    pub fn sent(&self) {
        self.sent.fetch_add(1, Ordering::AcqRel);
    }

    pub fn unsent(&self) {
        self.sent.fetch_sub(1, Ordering::AcqRel);
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

    /// Keeps the first loss; whatever is still queued must not be written behind it.
    pub fn lose(&self, topic: &str, partition: i32, error: &KafkaError) {
        let mut books = self.books();
        if books.first_loss.is_none() {
            books.first_loss = Some(WriteError::Lost {
                topic: topic.to_owned(),
                partition,
                reason: error.to_string(),
                is_outage: matches!(
                    error.rdkafka_error_code(),
                    Some(RDKafkaErrorCode::MessageTimedOut | RDKafkaErrorCode::RequestTimedOut)
                ),
            });
            self.lost.store(true, Ordering::Release);
            drop(books);
            if let Some(producer) = self.producer.get().and_then(Weak::upgrade) {
                producer.purge(PurgeConfig::default().queue().inflight());
            }
        }
    }

    /// Whether somebody waits for the acknowledgements.
    pub fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
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

    pub fn acknowledged(&self, topic: &str) -> u64 {
        self.books().topics.get(topic).map_or(0, |topic| topic.count)
    }

    pub fn end(&self, topic: &str, partition: i32) -> Option<End> {
        self.books().topics.get(topic)?.ends.get(&partition).copied()
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
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(message) => {
                crash_points::pass(CrashPoint::Delivered);
                let mut books = self.books();
                if !books.topics.contains_key(message.topic()) {
                    books.topics.insert(message.topic().to_owned(), Acknowledged::default());
                }
                if let Some(topic) = books.topics.get_mut(message.topic()) {
                    topic.count += 1;
                    let end = topic.ends.entry(message.partition()).or_default();
                    end.acknowledge(message.offset(), FrameOrigin::of(message.headers()));
                }
            }
            Err((error, message)) => self.lose(message.topic(), message.partition(), error),
        }
        self.reported.fetch_add(1, Ordering::AcqRel);
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
        let mut end = End::default();
        end.acknowledge(7, origin(9, 30));
        // A repeated request's, told behind the next one's.
        end.acknowledge(-1, origin(9, 20));
        end.acknowledge(3, None);
        assert_eq!((end.offset, end.frame), (8, origin(9, 30)));
        // Another run, whose number is what it is.
        end.acknowledge(8, origin(2, 31));
        assert_eq!((end.offset, end.frame), (9, origin(2, 31)));
    }
}
