//! What waits before librdkafka: a queue for each partition.
//!
//! Of a partition librdkafka lets an idempotent producer have 5 requests on their way, but it counts their records instead
//! (`RD_KAFKA_IDEMP_MAX_INFLIGHT` in `rd_kafka_toppar_producer_serve`, 2.12). While another record waits there behind 5 of them
//! its thread asks the socket without a rest: a processor for every client whose broker takes its time. So it gets a record
//! more only while fewer are on their way; what comes meanwhile waits here, and goes as one when the last of them has arrived.
//! (Its thread may take the first of those before the last are there, and asks for the answer to these: a broker that answers is
//! asked for one answer more.)

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use rdkafka::message::{Header, OwnedHeaders};

use crate::frame_origin::{FRAME, FrameOrigin};

/// Header with the time of writing, 8 bytes big endian.
pub(crate) const PRODUCED_NS: &str = "produced_ns";

/// As many as librdkafka sends without waiting for an answer.
const ON_THEIR_WAY: usize = 5;
/// What goes as one fits into one request (`batch.num.messages`, `batch.size`).
const TOGETHER: usize = 10_000;
const TOGETHER_BYTES: usize = 900_000;

/// A record's header.
#[derive(Clone, Copy)]
pub(crate) enum Stamp {
    Produced(i64),
    Frame(FrameOrigin),
}

impl Stamp {
    pub fn headers(self) -> OwnedHeaders {
        match self {
            Self::Produced(produced_ns) => header(PRODUCED_NS, &produced_ns.to_be_bytes()),
            Self::Frame(frame) => header(FRAME, &frame.to_bytes()),
        }
    }
}

fn header(name: &str, value: &[u8]) -> OwnedHeaders {
    OwnedHeaders::new_with_capacity(1).insert(Header {
        key: name,
        value: Some(value),
    })
}

/// A record for the broker.
#[derive(Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    pub number: usize,
    pub key: &'a [u8],
    pub value: &'a [u8],
    pub stamp: Option<Stamp>,
}

/// What became of a record that was to be handed over.
pub(crate) enum Handed<E> {
    Taken,
    /// No room now.
    Refused,
    /// Not this one, ever.
    Failed(E),
}

struct Waiting {
    number: usize,
    /// Key and value.
    bytes: Box<[u8]>,
    key_bytes: usize,
    stamp: Option<Stamp>,
}

/// One partition's.
#[derive(Default)]
struct Queue {
    on_their_way: AtomicUsize,
    waiting: Mutex<VecDeque<Waiting>>,
}

#[derive(Default)]
pub(crate) struct Queues {
    by_partition: RwLock<BTreeMap<(usize, i32), Arc<Queue>>>,
    waiting: AtomicUsize,
    /// Some wait although nothing of their partition is on its way: there was no room.
    refused: AtomicBool,
}

impl Queues {
    /// Hands a record over, or lets it wait behind those that do. One partition's come from one thread.
    pub fn put<E>(
        &self,
        topic: usize,
        partition: i32,
        record: Outgoing<'_>,
        mut hand_over: impl FnMut(Outgoing<'_>) -> Handed<E>,
    ) -> Result<(), E> {
        let queue = self.of(topic, partition);
        let mut waiting = queue.waiting();
        if waiting.is_empty() && queue.on_their_way.load(Ordering::Acquire) < ON_THEIR_WAY {
            match queue.hand_over(record, &mut hand_over) {
                Handed::Taken => return Ok(()),
                Handed::Failed(error) => return Err(error),
                Handed::Refused => self.refused.store(true, Ordering::Release),
            }
        }
        waiting.push_back(Waiting::of(record));
        self.waiting.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// A record has arrived, or never will: those that wait for the last one of them go.
    pub fn arrived<E>(
        &self,
        topic: usize,
        partition: i32,
        hand_over: impl FnMut(Outgoing<'_>) -> Handed<E>,
    ) -> Result<(), E> {
        let queue = self.of(topic, partition);
        match queue.on_their_way.fetch_sub(1, Ordering::AcqRel) {
            1 => self.let_go(&queue, hand_over),
            _ => Ok(()),
        }
    }

    /// Once more what was refused. `hand_over`: with topic and partition.
    pub fn retry<E>(&self, mut hand_over: impl FnMut(usize, i32, Outgoing<'_>) -> Handed<E>) -> Result<(), E> {
        if !self.refused.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let queues = self.by_partition.read().unwrap_or_else(PoisonError::into_inner).clone();
        for ((topic, partition), queue) in queues {
            self.let_go(&queue, |record| hand_over(topic, partition, record))?;
        }
        Ok(())
    }

    /// Whether any record waits here.
    pub fn wait(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    fn let_go<E>(&self, queue: &Queue, mut hand_over: impl FnMut(Outgoing<'_>) -> Handed<E>) -> Result<(), E> {
        let mut waiting = queue.waiting();
        // One may have been handed over since.
        if queue.on_their_way.load(Ordering::Acquire) > 0 {
            return Ok(());
        }
        let (mut count, mut bytes) = (0, 0);
        while let Some(first) = waiting.front() {
            bytes += first.bytes.len();
            if count == TOGETHER || (count > 0 && bytes > TOGETHER_BYTES) {
                break;
            }
            match queue.hand_over(first.outgoing(), &mut hand_over) {
                Handed::Taken => {}
                Handed::Refused => {
                    self.refused.store(true, Ordering::Release);
                    break;
                }
                Handed::Failed(error) => return Err(error),
            }
            waiting.pop_front();
            self.waiting.fetch_sub(1, Ordering::AcqRel);
            count += 1;
        }
        Ok(())
    }

    fn of(&self, topic: usize, partition: i32) -> Arc<Queue> {
        let at = (topic, partition);
        let known = self.by_partition.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = known.get(&at) {
            return Arc::clone(queue);
        }
        drop(known);
        let mut known = self.by_partition.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(at).or_default())
    }
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Under the lock of `waiting`, so that the partition's order stays.
    fn hand_over<E>(&self, record: Outgoing<'_>, take: &mut impl FnMut(Outgoing<'_>) -> Handed<E>) -> Handed<E> {
        // Before it is on its way, for it may arrive at once.
        self.on_their_way.fetch_add(1, Ordering::AcqRel);
        let handed = take(record);
        if !matches!(handed, Handed::Taken) {
            self.on_their_way.fetch_sub(1, Ordering::AcqRel);
        }
        handed
    }
}

impl Waiting {
    fn of(record: Outgoing<'_>) -> Self {
        Self {
            number: record.number,
            bytes: [record.key, record.value].concat().into_boxed_slice(),
            key_bytes: record.key.len(),
            stamp: record.stamp,
        }
    }

    fn outgoing(&self) -> Outgoing<'_> {
        let (key, value) = self.bytes.split_at(self.key_bytes);
        Outgoing {
            number: self.number,
            key,
            value,
            stamp: self.stamp,
        }
    }
}
