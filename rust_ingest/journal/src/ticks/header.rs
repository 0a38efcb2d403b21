//! The first 64 bytes of a part.

use std::path::Path;

use bytemuck::{Pod, Zeroable};

use super::{TICK_BYTES, TickError};

/// Bytes before the first tick.
pub const HEADER_BYTES: usize = size_of::<PartHeader>();
/// Where `settled` stands, which alone changes after the header is written.
pub(super) const SETTLED_AT: usize = 56;

const MAGIC: [u8; 8] = *b"TAPETCK\x01";
const CHECKED_BYTES: usize = 52;

/// Whose ticks a part holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct PartHeader {
    /// `TAPETCK`, and the form's version in the eighth byte.
    magic: [u8; 8],
    pub symbol_id: u32,
    /// Counts the symbol's parts from 0; also in the file's name.
    pub part: u32,
    /// The sequence that comes next when the part begins.
    pub first_sequence: u32,
    tick_bytes: u16,
    header_bytes: u16,
    /// The highest timestamp in the symbol's earlier parts; 0 if there is none.
    pub highest_before_ns: u64,
    reserved: [u8; 20],
    /// CRC-32 of the 52 bytes before it.
    checksum: u32,
    /// How many ticks were known to be on disk when this was last written.
    pub settled: u64,
}

const _: () = assert!(HEADER_BYTES == 64 && std::mem::offset_of!(PartHeader, settled) == SETTLED_AT);

impl PartHeader {
    pub fn new(symbol_id: u32, part: u32, first_sequence: u32, highest_before_ns: u64) -> PartHeader {
        let mut header = PartHeader {
            magic: MAGIC,
            symbol_id,
            part,
            first_sequence,
            tick_bytes: TICK_BYTES as u16,
            header_bytes: HEADER_BYTES as u16,
            highest_before_ns,
            reserved: [0; 20],
            checksum: 0,
            settled: 0,
        };
        header.checksum = header.worked_out();
        header
    }

    /// Reads and checks the first bytes of the file at `path`.
    pub fn read(bytes: &[u8], path: &Path) -> Result<PartHeader, TickError> {
        let refused = |reason: &'static str| TickError::NotTicks {
            path: path.to_owned(),
            reason,
        };
        let bytes = bytes
            .get(..HEADER_BYTES)
            .ok_or_else(|| refused("it ends within its header"))?;
        let header: PartHeader = bytemuck::pod_read_unaligned(bytes);
        if header.magic[..7] != MAGIC[..7] {
            return Err(refused("it does not begin as one"));
        }
        if header.magic[7] != MAGIC[7] {
            return Err(refused("a newer version wrote it"));
        }
        if header.checksum != header.worked_out() {
            return Err(refused("its header's checksum is wrong"));
        }
        if usize::from(header.tick_bytes) != TICK_BYTES || usize::from(header.header_bytes) != HEADER_BYTES {
            return Err(refused("its ticks are of another size"));
        }
        Ok(header)
    }

    fn worked_out(&self) -> u32 {
        crc32fast::hash(&bytemuck::bytes_of(self)[..CHECKED_BYTES])
    }
}
