//! Many records in one buffer: what a source hands to a stage, and a stage to a sink. Never an object per record.

use thiserror::Error;

use crate::generated::TOPICS;
use crate::{Origin, Topic};

/// Why bytes are not a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a batch: {0}")]
pub struct BadBatch(&'static str);

/// One record of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry<'b> {
    pub topic: &'static Topic,
    pub partition: i32,
    /// Offset in the log; -1 for what is not written yet.
    pub offset: i64,
    /// Kafka's timestamp; -1 for what is not written yet.
    pub timestamp_ms: i64,
    /// Header `produced_ns`.
    pub produced_ns: Option<i64>,
    /// For what a stage made: its origin. For what a source read: its own position, index 0.
    pub origin: Origin,
    pub key: &'b [u8],
    /// The framed record.
    pub value: &'b [u8],
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Slot {
    topic: u8,
    partition: i32,
    offset: i64,
    timestamp_ms: i64,
    produced_ns: i64,
    origin: Origin,
    key_end: u32,
    value_end: u32,
}

/// Stands for "no header" in a slot: no clock ever shows it.
const NO_TIME: i64 = i64::MIN;
const SLOT_BYTES: usize = 1 + 4 + 8 + 8 + 8 + 16 + 4 + 4;

/// Records in order. Its bytes (`to_bytes`) are what crosses between processes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    slots: Vec<Slot>,
    /// Keys and values, one after the other.
    data: Vec<u8>,
}

impl Batch {
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Bytes of all keys and values.
    pub fn data_bytes(&self) -> usize {
        self.data.len()
    }

    /// Forgets the records and keeps the memory.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.data.clear();
    }

    /// # Panics
    /// If the batch would pass 4 GiB; sources and stages cut batches long before.
    pub fn push(&mut self, entry: Entry<'_>) {
        self.data.extend_from_slice(entry.key);
        let key_end = self.data.len();
        self.data.extend_from_slice(entry.value);
        self.seal(entry, key_end);
    }

    /// As `push`, with the value encoded in place by `write`; `entry.value` is not used.
    pub fn push_with(&mut self, entry: Entry<'_>, write: impl FnOnce(&mut Vec<u8>)) {
        self.data.extend_from_slice(entry.key);
        let key_end = self.data.len();
        write(&mut self.data);
        self.seal(entry, key_end);
    }

    /// Takes the last record back, and returns its value; none if there is no record.
    pub fn pop(&mut self) -> Option<Vec<u8>> {
        let slot = self.slots.pop()?;
        let value = self.data.split_off(slot.key_end as usize);
        let begin = self.slots.last().map_or(0, |before| before.value_end as usize);
        self.data.truncate(begin);
        Some(value)
    }

    fn seal(&mut self, entry: Entry<'_>, key_end: usize) {
        self.slots.push(Slot {
            topic: u8::try_from(entry.topic.index()).expect("fewer topics than a byte counts"),
            partition: entry.partition,
            offset: entry.offset,
            timestamp_ms: entry.timestamp_ms,
            produced_ns: entry.produced_ns.unwrap_or(NO_TIME),
            origin: entry.origin,
            key_end: u32::try_from(key_end).expect("a batch below 4 GiB"),
            value_end: u32::try_from(self.data.len()).expect("a batch below 4 GiB"),
        });
    }

    /// The record at `index`.
    ///
    /// # Panics
    /// If `index >= len()`.
    #[inline]
    pub fn get(&self, index: usize) -> Entry<'_> {
        let slot = &self.slots[index];
        let start = index.checked_sub(1).map_or(0, |before| self.slots[before].value_end);
        Entry {
            topic: &TOPICS[usize::from(slot.topic)],
            partition: slot.partition,
            offset: slot.offset,
            timestamp_ms: slot.timestamp_ms,
            produced_ns: (slot.produced_ns != NO_TIME).then_some(slot.produced_ns),
            origin: slot.origin,
            key: &self.data[start as usize..slot.key_end as usize],
            value: &self.data[slot.key_end as usize..slot.value_end as usize],
        }
    }

    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The batch as bytes, little endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(4 + self.slots.len() * SLOT_BYTES + self.data.len());
        out.extend_from_slice(&(self.slots.len() as u32).to_le_bytes());
        for slot in &self.slots {
            out.push(slot.topic);
            out.extend_from_slice(&slot.partition.to_le_bytes());
            for number in [slot.offset, slot.timestamp_ms, slot.produced_ns, slot.origin.offset] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            out.extend_from_slice(&slot.origin.partition.to_le_bytes());
            out.extend_from_slice(&slot.origin.index.to_le_bytes());
            out.extend_from_slice(&slot.key_end.to_le_bytes());
            out.extend_from_slice(&slot.value_end.to_le_bytes());
        }
        out.extend_from_slice(&self.data);
        out
    }

    /// Reads what `to_bytes` wrote.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, BadBatch> {
        let count = u32::from_le_bytes(take(&mut bytes)?) as usize;
        let mut slots = Vec::with_capacity(count.min(bytes.len() / SLOT_BYTES));
        let mut end = 0;
        for _ in 0..count {
            let [topic] = take(&mut bytes)?;
            let partition = i32::from_le_bytes(take(&mut bytes)?);
            let [offset, timestamp_ms, produced_ns, cause] = [
                i64::from_le_bytes(take(&mut bytes)?),
                i64::from_le_bytes(take(&mut bytes)?),
                i64::from_le_bytes(take(&mut bytes)?),
                i64::from_le_bytes(take(&mut bytes)?),
            ];
            let origin = Origin {
                partition: i32::from_le_bytes(take(&mut bytes)?),
                offset: cause,
                index: i32::from_le_bytes(take(&mut bytes)?),
            };
            let key_end = u32::from_le_bytes(take(&mut bytes)?);
            let value_end = u32::from_le_bytes(take(&mut bytes)?);
            if usize::from(topic) >= TOPICS.len() || key_end < end || value_end < key_end {
                return Err(BadBatch("a record's bounds or topic are wrong"));
            }
            end = value_end;
            slots.push(Slot {
                topic,
                partition,
                offset,
                timestamp_ms,
                produced_ns,
                origin,
                key_end,
                value_end,
            });
        }
        if bytes.len() != end as usize {
            return Err(BadBatch("its data is longer or shorter than its records"));
        }
        Ok(Self {
            slots,
            data: bytes.to_vec(),
        })
    }
}

fn take<const COUNT: usize>(bytes: &mut &[u8]) -> Result<[u8; COUNT], BadBatch> {
    let (head, rest) = bytes.split_first_chunk().ok_or(BadBatch("it ends early"))?;
    *bytes = rest;
    Ok(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crosses_processes_unchanged() {
        let origin = Origin {
            partition: 3,
            offset: 9,
            index: 1,
        };
        let topic = &TOPICS[1];
        let mut batch = Batch::default();
        let entry = Entry {
            topic,
            partition: 3,
            offset: -1,
            timestamp_ms: -1,
            produced_ns: None,
            origin,
            key: b"BTC-USDT",
            value: b"one",
        };
        batch.push(entry);
        batch.push_with(
            Entry {
                produced_ns: Some(7),
                key: b"",
                ..entry
            },
            |out| out.extend_from_slice(b"second"),
        );
        let copy = Batch::from_bytes(&batch.to_bytes()).unwrap();
        assert_eq!(copy, batch);
        assert_eq!(copy.get(0), entry);
        assert_eq!(copy.get(1).value, b"second");
        assert_eq!(copy.get(1).produced_ns, Some(7));
    }
}
