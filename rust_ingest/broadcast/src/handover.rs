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
