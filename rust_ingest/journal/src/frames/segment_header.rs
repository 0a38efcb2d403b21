//! The first bytes of a segment.

pub(super) const HEADER_BYTES: usize = 128;
pub(super) const LABEL_BYTES_MAX: usize = 84;
const MAGIC: &[u8; 8] = b"TPFRAMES";
const VERSION: u16 = 1;
const LABEL_AT: usize = 40;
const CHECKSUM_AT: usize = LABEL_AT + LABEL_BYTES_MAX;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SegmentHeader {
    pub first_sequence: u64,
    pub created_ns: i64,
    /// Highest receive time of all frames before this segment: where a time is to be found follows from headers alone.
    pub highest_before_ns: i64,
    /// At most `LABEL_BYTES_MAX` bytes.
    pub label: String,
}

impl SegmentHeader {
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        bytes[10..12].copy_from_slice(&(self.label.len() as u16).to_le_bytes());
        bytes[16..24].copy_from_slice(&self.first_sequence.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.created_ns.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.highest_before_ns.to_le_bytes());
        bytes[LABEL_AT..LABEL_AT + self.label.len()].copy_from_slice(self.label.as_bytes());
        let checksum = crc32fast::hash(&bytes[..CHECKSUM_AT]);
        bytes[CHECKSUM_AT..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Errors: why these bytes are none.
    pub(super) fn decode(bytes: &[u8; HEADER_BYTES]) -> Result<Self, &'static str> {
        if &bytes[..8] != MAGIC {
            return Err("it does not begin with TPFRAMES");
        }
        if u16::from_le_bytes([bytes[8], bytes[9]]) != VERSION {
            return Err("this program does not know its version");
        }
        if crc32fast::hash(&bytes[..CHECKSUM_AT]).to_le_bytes() != bytes[CHECKSUM_AT..] {
            return Err("its header does not match the header's checksum");
        }
        let label_bytes = usize::from(u16::from_le_bytes([bytes[10], bytes[11]]));
        let label = bytes[LABEL_AT..CHECKSUM_AT]
            .get(..label_bytes)
            .and_then(|label| std::str::from_utf8(label).ok())
            .ok_or("its label is no text")?;
        Ok(Self {
            first_sequence: u64::from_le_bytes(eight(bytes, 16)),
            created_ns: i64::from_le_bytes(eight(bytes, 24)),
            highest_before_ns: i64::from_le_bytes(eight(bytes, 32)),
            label: label.to_owned(),
        })
    }
}

fn eight(bytes: &[u8; HEADER_BYTES], at: usize) -> [u8; 8] {
    std::array::from_fn(|index| bytes[at + index])
}
