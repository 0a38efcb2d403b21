//! Records of partitions as librdkafka has them: many in one call. All `unsafe` of the log is here.
//!
//! rdkafka's `poll` makes an event of each record, with three looks at the clock, two locks and an allocation: a third of what a worker did. Here the
//! partitions lead into a queue that is theirs alone, and `rd_kafka_consume_callback_queue` hands out what is in it. It gets all that librdkafka (2.12)
//! puts there, in the order in which it was put:
//!
//! - records (`RD_KAFKA_OP_FETCH`);
//! - errors of a partition, which stand where they came among the records: `RD_KAFKA_OP_CONSUMER_ERR` (an offset out of range, a broken message), and
//!   `RD_KAFKA_OP_ERR` (a topic or partition that is no more), of which `rd_kafka_consume_batch_queue` would make a line of the log;
//! - transactions' markers and barriers of an assignment's begin, which librdkafka takes out itself.
//!
//! What belongs to no partition (lines for the log, statistics, tokens, connections' errors, the one that ends the client) comes to the consumer's own
//! queue, which rdkafka's `poll` serves as ever.

use std::any::Any;
use std::ffi::{CStr, CString, c_int, c_void};
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr::{self, NonNull};
use std::slice;
use std::time::Duration;

use rdkafka::TopicPartitionList;
use rdkafka::bindings::{self as native, rd_kafka_timestamp_type_t as Kind};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::types::{RDKafka, RDKafkaMessage, RDKafkaQueue, RDKafkaRespErr};

use crate::context::{self, Listener};

const GOOD: RDKafkaRespErr = RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR;

/// A consumer with its partitions.
pub(crate) struct Intake {
    // Queues end before their client.
    records: Queue,
    /// The consumer's own.
    events: Queue,
    consumer: BaseConsumer<Listener>,
}

impl Intake {
    /// Assigns the partitions to a consumer that has none.
    pub fn new(consumer: BaseConsumer<Listener>, partitions: &TopicPartitionList) -> KafkaResult<Self> {
        let client = consumer.client().native_ptr();
        // SAFETY: the client lives, as all that follows; it is a consumer with a group's name, so that it has a queue.
        let (records, events) = unsafe {
            (
                Queue::of(native::rd_kafka_queue_new(client))?,
                Queue::of(native::rd_kafka_queue_get_consumer(client))?,
            )
        };
        // Before they are assigned: librdkafka leaves a queue alone that was led elsewhere, so that no record takes another way.
        for partition in partitions.elements() {
            let topic = CString::new(partition.topic())?;
            // SAFETY: the client lives, and so do both queues; the topic's name ends with a zero.
            unsafe {
                let number = partition.partition();
                let own = Queue::of(native::rd_kafka_queue_get_partition(client, topic.as_ptr(), number))?;
                native::rd_kafka_queue_forward(own.0.as_ptr(), records.0.as_ptr());
            }
        }
        consumer.assign(partitions)?;
        Ok(Self {
            records,
            events,
            consumer,
        })
    }

    pub fn consumer(&self) -> &BaseConsumer<Listener> {
        &self.consumer
    }

    /// Calls `each` with the records and errors that are there, in their order, until it breaks; whether there was any. What it did not get comes with the
    /// next call. Waits up to `timeout`, in whole milliseconds, for the first; less where librdkafka took something out itself.
    pub fn take<F>(&self, timeout: Duration, each: F) -> bool
    where
        F: FnMut(KafkaResult<Incoming<'_>>) -> ControlFlow<()>,
    {
        let mut taking = Taking {
            each,
            client: self.consumer.client().native_ptr(),
            found: false,
            panic: None,
        };
        let timeout_ms = c_int::try_from(timeout.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: the queue lives. `hand_on` is called within this call alone, on this thread, with the address of `taking`, which is of its `F` and is
        // borrowed by nobody else meanwhile.
        unsafe {
            native::rd_kafka_consume_callback_queue(
                self.records.0.as_ptr(),
                timeout_ms,
                Some(hand_on::<F>),
                (&raw mut taking).cast(),
            );
        }
        if let Some(panic) = taking.panic {
            resume_unwind(panic);
        }
        taking.found
    }

    /// What came beside the records and is there now. Log lines and statistics go to the consumer's context; `each` gets errors.
    pub fn serve_events(&self, mut each: impl FnMut(KafkaError)) {
        // SAFETY: the queue lives.
        let count = unsafe { native::rd_kafka_queue_length(self.events.0.as_ptr()) };
        for _ in 0..count {
            match self.consumer.poll(Duration::ZERO) {
                Some(Err(error)) => each(error),
                // A record that took another way than its partition's others has lost its place among them.
                Some(Ok(_)) => each(KafkaError::MessageConsumptionFatal(RDKafkaErrorCode::Inconsistent)),
                None => {}
            }
        }
    }
}

/// A partition, as long as its intake is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(usize, i32);

/// A record, for as long as it is looked at.
pub(crate) struct Incoming<'m> {
    /// As librdkafka gave it: without an error, and its own until the callback returns.
    message: NonNull<RDKafkaMessage>,
    _lent: PhantomData<&'m RDKafkaMessage>,
}

impl Incoming<'_> {
    /// The topic's name at the broker.
    pub fn topic(&self) -> &[u8] {
        // SAFETY: the message lives; a record has a topic, whose name ends with a zero and lives as long as the record.
        unsafe { CStr::from_ptr(native::rd_kafka_topic_name((*self.message.as_ptr()).rkt)) }.to_bytes()
    }

    /// Where it comes from: two records of one intake have the same place only if they are of one partition. No more than a comparison of
    /// numbers, where that of names reads both.
    pub fn place(&self) -> Place {
        // SAFETY: the message lives. The topic's handle is not looked at: it is the same for all records of a topic, and stays as long as
        // the topic's partitions are assigned, which they are for as long as there is an intake.
        Place(unsafe { (*self.message.as_ptr()).rkt }.addr(), self.partition())
    }

    pub fn partition(&self) -> i32 {
        // SAFETY: the message lives.
        unsafe { (*self.message.as_ptr()).partition }
    }

    pub fn offset(&self) -> i64 {
        // SAFETY: the message lives.
        unsafe { (*self.message.as_ptr()).offset }
    }

    /// -1 if it has none.
    pub fn timestamp_ms(&self) -> i64 {
        let mut kind = Kind::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        // SAFETY: the message lives, and is a record.
        let time_ms = unsafe { native::rd_kafka_message_timestamp(self.message.as_ptr(), &raw mut kind) };
        match kind {
            Kind::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE => -1,
            _ => time_ms,
        }
    }

    pub fn key(&self) -> &[u8] {
        // SAFETY: the message lives, and its key with it.
        unsafe { bytes((*self.message.as_ptr()).key, (*self.message.as_ptr()).key_len) }
    }

    pub fn value(&self) -> &[u8] {
        // SAFETY: the message lives, and its value with it.
        unsafe { bytes((*self.message.as_ptr()).payload, (*self.message.as_ptr()).len) }
    }

    /// The value of the first header of that name.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut headers = ptr::null_mut();
        // SAFETY: the message lives, and is a record. Its headers are read from its bytes now, and live as long as it does.
        if unsafe { native::rd_kafka_message_headers(self.message.as_ptr(), &raw mut headers) } != GOOD {
            return None;
        }
        for index in 0.. {
            let (mut found, mut value, mut length) = (ptr::null(), ptr::null(), 0);
            // SAFETY: there are headers, and what is told of one lives with them; a name ends with a zero. Past the last one nothing is told.
            unsafe {
                let (found, value, length) = (&raw mut found, &raw mut value, &raw mut length);
                if native::rd_kafka_header_get_all(headers, index, found, value, length) != GOOD {
                    break;
                }
                if CStr::from_ptr(*found).to_bytes() == name.as_bytes() {
                    return Some(bytes(*value, *length));
                }
            }
        }
        None
    }
}

/// # Safety
/// `length` bytes stand at `start` for as long as is made of them, if it is not null.
unsafe fn bytes<'m>(start: *const c_void, length: usize) -> &'m [u8] {
    match start.is_null() {
        true => &[],
        // SAFETY: as promised.
        false => unsafe { slice::from_raw_parts(start.cast(), length) },
    }
}

/// What a call of `take` is about.
struct Taking<F> {
    each: F,
    client: *mut RDKafka,
    /// Whether `each` was called.
    found: bool,
    /// Nothing unwinds through librdkafka.
    panic: Option<Box<dyn Any + Send>>,
}

/// # Safety
/// `taking` is the address of a `Taking<F>` that nobody else borrows; `message` is librdkafka's, and stays until this returns.
unsafe extern "C" fn hand_on<F>(message: *mut RDKafkaMessage, taking: *mut c_void)
where
    F: FnMut(KafkaResult<Incoming<'_>>) -> ControlFlow<()>,
{
    // SAFETY: as promised.
    let (taking, given) = unsafe { (&mut *taking.cast::<Taking<F>>(), given(message)) };
    taking.found = true;
    match catch_unwind(AssertUnwindSafe(|| (taking.each)(given))) {
        Ok(ControlFlow::Continue(())) => return,
        Ok(ControlFlow::Break(())) => {}
        Err(panic) => taking.panic = Some(panic),
    }
    // SAFETY: within a callback of librdkafka, whose queue then has what is left at its head again.
    unsafe { native::rd_kafka_yield(taking.client) };
}

/// # Safety
/// `message` is librdkafka's, and stays for as long as what is made of it.
unsafe fn given<'m>(message: *mut RDKafkaMessage) -> KafkaResult<Incoming<'m>> {
    // SAFETY: the message stays. The error's number may be one that the broker made up, so that it is read as a number.
    let code = unsafe { (&raw const (*message).err).cast::<i32>().read() };
    if code == 0 {
        let message = NonNull::new(message).ok_or(KafkaError::Canceled)?;
        let _lent = PhantomData;
        return Ok(Incoming { message, _lent });
    }
    let code = RDKafkaRespErr::try_from(code).map_or(RDKafkaErrorCode::Unknown, Into::into);
    let error = KafkaError::MessageConsumption(code);
    // SAFETY: an error's text ends with a zero, and stays with its message.
    let reason = unsafe { CStr::from_ptr(native::rd_kafka_message_errstr(message)) };
    context::report(&error, &reason.to_string_lossy());
    Err(error)
}

/// A handle on a queue of librdkafka's.
struct Queue(NonNull<RDKafkaQueue>);

impl Queue {
    /// # Safety
    /// `handle` is null or nobody else's, and its client outlives the queue.
    unsafe fn of(handle: *mut RDKafkaQueue) -> KafkaResult<Self> {
        let handle = NonNull::new(handle).ok_or_else(|| KafkaError::ClientCreation("no queue".to_owned()))?;
        Ok(Self(handle))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: the handle is this one's alone, and its client lives.
        unsafe { native::rd_kafka_queue_destroy(self.0.as_ptr()) };
    }
}

// SAFETY: librdkafka locks its queues; any thread may use them.
unsafe impl Send for Queue {}
// SAFETY: as above.
unsafe impl Sync for Queue {}

#[cfg(test)]
#[path = "intake_tests.rs"]
mod tests;
