//! Which frame a record was made of: a Kafka header beside the value, never in it.

use contracts::Entry;
use rdkafka::message::{BorrowedHeaders, Headers};

/// The header's name.
pub(crate) const FRAME: &str = "frame";
const BYTES: usize = 8 + 8 + 4;

/// Where a record of an ingestor comes from. Within a run origins strictly increase in every partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrameOrigin {
    /// The ingestor's run, a random number. Sequence numbers that a power failure took are given to other frames, but never in
    /// the same run.
    pub run: u64,
    /// The frame's number in the frame log.
    pub sequence: u64,
    /// Among the records made of that frame.
    pub index: u32,
}

impl FrameOrigin {
    /// Of a record that was made of a frame: its origin names the frame as the offset.
    pub fn of_entry(run: u64, entry: &Entry<'_>) -> Self {
        Self {
            run,
            sequence: entry.origin.offset.cast_unsigned(),
            index: entry.origin.index.cast_unsigned(),
        }
    }

    /// As the header has it: run, sequence, index, big endian.
    pub fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&self.run.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[16..].copy_from_slice(&self.index.to_be_bytes());
        bytes
    }

    /// `None` for what no ingestor wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (run, rest) = bytes.split_first_chunk()?;
        let (sequence, rest) = rest.split_first_chunk()?;
        Some(Self {
            run: u64::from_be_bytes(*run),
            sequence: u64::from_be_bytes(*sequence),
            index: u32::from_be_bytes(rest.try_into().ok()?),
        })
    }

    pub(crate) fn of(headers: Option<&BorrowedHeaders>) -> Option<Self> {
        Self::from_bytes(headers?.iter().find(|header| header.key == FRAME)?.value?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_bytes_that_sort_like_it() {
        let origin = FrameOrigin {
            run: 1 << 63,
            sequence: 0x0102,
            index: 3,
        };
        let bytes = origin.to_bytes();
        assert_eq!(bytes, [128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 3]);
        assert_eq!(FrameOrigin::from_bytes(&bytes), Some(origin));
        let next = FrameOrigin {
            sequence: 0x0103,
            index: 0,
            ..origin
        };
        assert!(next > origin && next.to_bytes() > bytes);
        assert_eq!(FrameOrigin::from_bytes(&bytes[..19]), None);
        assert_eq!(FrameOrigin::from_bytes(&[0; 21]), None);
    }
}
