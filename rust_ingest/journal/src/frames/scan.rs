//! From one record to the next, believing nothing that is not checked.

use super::record::{self, Head};
use super::segment_bytes::SegmentBytes;

/// What stands at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Frame {
        head: Head,
        size: usize,
    },
    Seal {
        highest_receive_ns: i64,
    },
    /// Nothing yet.
    End,
    Broken(&'static str),
}

/// What stands at `position`, where the frame `sequence` is expected.
#[inline]
pub(super) fn step(bytes: &SegmentBytes, position: usize, sequence: u64) -> Step {
    let (size, checksum) = record::parts(bytes.word(position));
    let claimed = match size {
        0 => return Step::End,
        record::SEAL => record::HEADER_BYTES,
        _ => size as usize,
    };
    if claimed < record::HEADER_BYTES {
        return Step::Broken("the size is less than a frame's");
    }
    let covered = bytes.claimed(position + record::COVERED_FROM, claimed - record::COVERED_FROM);
    let Some(covered) = covered else {
        return Step::Broken("the frame reaches past the end of the file");
    };
    if record::checksum(size, covered) != checksum {
        return Step::Broken("the bytes do not match their checksum");
    }
    match Head::decode(covered) {
        None => Step::Broken("the frame's head says what this program does not know"),
        Some(head) if head.sequence_low != record::low(sequence) => Step::Broken("another frame stands there"),
        Some(head) if size == record::SEAL => Step::Seal {
            highest_receive_ns: head.receive_ns,
        },
        Some(head) => Step::Frame { head, size: claimed },
    }
}

/// Whether a whole frame or seal that belongs behind the frame `sequence` stands behind `position`: then what is broken there is not the
/// torn end, but amid the log.
pub(super) fn goes_on_behind(bytes: &SegmentBytes, position: usize, sequence: u64, length: usize) -> bool {
    let mut at = position + record::ALIGNMENT;
    while at + record::HEADER_BYTES <= length {
        if record::parts(bytes.word(at)).0 != 0 {
            let low = (bytes.word(at + 16) >> 32) as u32;
            let ahead = u64::from(low.wrapping_sub(record::low(sequence)));
            // No more frames than fit in between.
            let possible = ahead <= ((at - position) / record::HEADER_BYTES) as u64;
            if possible
                && !matches!(
                    step(bytes, at, sequence.wrapping_add(ahead)),
                    Step::Broken(_) | Step::End
                )
            {
                return true;
            }
        }
        at += record::ALIGNMENT;
    }
    false
}
