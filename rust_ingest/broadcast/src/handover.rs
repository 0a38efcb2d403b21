//! Between the thread that makes records and the thread that serves them: one buffer, filled by the first and swapped by the
//! second. The maker copies bytes and rings; it waits for nobody, and takes no memory once the buffers have grown.

use std::collections::HashMap;
use std::mem;

use contracts::{Batch, Entry};
use foldhash::fast::RandomState;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::streams;

/// So much may wait for the serving thread; beyond it records are lost to all clients, and counted.
const WAITING_BYTES_MAX: usize = 64 << 20;

/// How many records of each stream (by its key in a message) are lost.
pub type LostStreams = HashMap<Box<[u8]>, u64, RandomState>;

/// What was handed over since the last look.
#[derive(Debug, Default)]
pub struct Handed {
    pub batch: Batch,
    /// Lost after the batch, for want of room.
    pub lost: LostStreams,
    pub is_over: bool,
}

#[derive(Debug, Default)]
pub struct Handover {
    waiting: Mutex<Handed>,
    bell: Notify,
}

impl Handover {
    /// Copies the records; `now_ns` is kept with each as its time of sending.
    pub fn put<'e>(&self, entries: impl Iterator<Item = Entry<'e>>, now_ns: i64) {
        let mut waiting = self.waiting.lock();
        for entry in entries {
            // Once one was lost so are all behind it, until the buffer is taken: what is lost has one place.
            if waiting.lost.is_empty() && waiting.batch.data_bytes() < WAITING_BYTES_MAX {
                waiting.batch.push(Entry {
                    produced_ns: Some(now_ns),
                    ..entry
                });
            } else if let Some(key) = streams::key_of(entry.value) {
                *waiting.lost.entry(key.into()).or_default() += 1;
            }
        }
        drop(waiting);
        self.bell.notify_one();
    }

    /// Nothing comes any more.
    pub fn end(&self) {
        self.waiting.lock().is_over = true;
        self.bell.notify_one();
    }

    /// Waits for records, and takes them for the emptied `handed`.
    pub async fn take(&self, handed: &mut Handed) {
        handed.batch.clear();
        handed.lost.clear();
        self.bell.notified().await;
        mem::swap(handed, &mut *self.waiting.lock());
        // Said once and true for ever: the swap gave it away.
        if handed.is_over {
            self.waiting.lock().is_over = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use contracts::{Heartbeat, Kind, Origin, Record, SchemaIds, Topic, encode};
    use tokio::runtime;

    use super::*;

    /// A batch of one record of about a mebibyte.
    fn long_record() -> Batch {
        let venue = "v".repeat(1 << 20);
        let heartbeat = Heartbeat {
            venue: &venue,
            instrument: "i",
            event_ns: 1,
            receive_ns: 2,
        };
        let entry = Entry {
            topic: Topic::of_kind(Kind::Heartbeat).unwrap(),
            partition: 0,
            offset: -1,
            timestamp_ms: -1,
            produced_ns: None,
            origin: Origin {
                partition: -1,
                offset: -1,
                index: 0,
            },
            key: b"i",
            value: &[],
        };
        let mut batch = Batch::default();
        batch.push_with(entry, |out| {
            encode(&SchemaIds::embedded(), &Record::Heartbeat(heartbeat), out);
        });
        batch
    }

    #[test]
    fn nobody_waits_for_a_serving_thread_that_does_not_come_and_what_is_lost_is_counted() {
        let handover = Handover::default();
        let record = long_record();
        (0..70).for_each(|number| handover.put(record.iter(), number));
        let mut handed = Handed::default();
        let runtime = runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(handover.take(&mut handed));
        let kept = handed.batch.len() as u64;
        assert!((60..70).contains(&kept), "{kept}");
        assert_eq!(handed.batch.get(5).produced_ns, Some(5));
        let key = streams::key_of(record.get(0).value).unwrap();
        assert_eq!(handed.lost.get(key), Some(&(70 - kept)));
        handover.put(record.iter(), 70);
        handover.end();
        runtime.block_on(handover.take(&mut handed));
        assert_eq!((handed.batch.len(), handed.lost.len(), handed.is_over), (1, 0, true));
    }
}
