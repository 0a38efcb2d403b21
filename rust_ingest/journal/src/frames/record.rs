//! One frame as bytes, and the seal behind the last.

pub(super) const HEADER_BYTES: usize = 24;
/// Frames begin at multiples of this.
pub(super) const ALIGNMENT: usize = 8;
/// In place of a size: the segment is closed.
pub(super) const SEAL: u32 = u32::MAX;
/// The checksum covers what follows it and the size.
pub(super) const COVERED_FROM: usize = 8;

/// What is said of a frame beside its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub receive_ns: i64,
    pub connection: u16,
    pub sequence_low: u32,
}

impl Head {
    /// Bytes 8 to 24.
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES - COVERED_FROM] {
        let mut bytes = [0; HEADER_BYTES - COVERED_FROM];
        bytes[..8].copy_from_slice(&self.receive_ns.to_le_bytes());
        bytes[8..10].copy_from_slice(&self.connection.to_le_bytes());
        bytes[12..].copy_from_slice(&self.sequence_low.to_le_bytes());
        bytes
    }

    /// Of a record from its byte 8 on; none if that is too short or says what this version does not know.
    pub(super) fn decode(covered: &[u8]) -> Option<Self> {
        let bytes: &[u8; HEADER_BYTES - COVERED_FROM] = covered.first_chunk()?;
        let [r0, r1, r2, r3, r4, r5, r6, r7, c0, c1, 0, 0, s0, s1, s2, s3] = *bytes else {
            return None;
        };
        Some(Self {
            receive_ns: i64::from_le_bytes([r0, r1, r2, r3, r4, r5, r6, r7]),
            connection: u16::from_le_bytes([c0, c1]),
            sequence_low: u32::from_le_bytes([s0, s1, s2, s3]),
        })
    }
}

/// Lower half of a sequence number, as it stands in a record.
pub(super) fn low(sequence: u64) -> u32 {
    sequence as u32
}

/// From one record to the next.
pub(super) fn padded(size: usize) -> usize {
    size.next_multiple_of(ALIGNMENT)
}

/// Of a record's bytes from 8 on, begun at its size, so that a wrong size is found as well.
pub(super) fn checksum(size: u32, covered: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(size);
    hasher.update(covered);
    hasher.finalize()
}

/// A record's first eight bytes, as one number.
pub(super) fn word(size: u32, checksum: u32) -> u64 {
    u64::from(size) << 32 | u64::from(checksum)
}

/// Size and checksum.
pub(super) fn parts(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}
