//! Confluent framing: a zero byte, the schema id as four bytes big endian, the Avro body.

use thiserror::Error;

use crate::{DecodeError, Kind, Record};

/// Why a message is not one of our records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FrameError {
    #[error("the message has {length} bytes; a schema id needs 5")]
    Short { length: usize },
    #[error("the message begins with byte {found}, not with 0")]
    BadMagic { found: u8 },
    #[error("schema id {id} is none of ours; was it written by another version, or through another registry?")]
    UnknownSchema { id: i32 },
    #[error("{}: {error}", kind.name())]
    Body { kind: Kind, error: DecodeError },
}

/// The schema id of each kind, both ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaIds {
    by_kind: [i32; Kind::ALL.len()],
    /// Sorted by id.
    by_id: Vec<(i32, Kind)>,
}

impl SchemaIds {
    /// The ids of `schemas/registry.jsonl`.
    pub fn embedded() -> Self {
        Self::new(Kind::embedded_id)
    }

    /// Ids that a registry gave.
    pub fn new(id_of: impl Fn(Kind) -> i32) -> Self {
        let by_kind = Kind::ALL.map(&id_of);
        let mut by_id: Vec<_> = Kind::ALL.iter().map(|kind| (by_kind[*kind as usize], *kind)).collect();
        by_id.sort_unstable();
        Self { by_kind, by_id }
    }

    pub fn id(&self, kind: Kind) -> i32 {
        self.by_kind[kind as usize]
    }

    pub fn kind(&self, id: i32) -> Option<Kind> {
        // Embedded ids are dense and few: a binary search touches one or two cache lines.
        self.by_id
            .binary_search_by_key(&id, |(id, _)| *id)
            .ok()
            .map(|found| self.by_id[found].1)
    }

    /// The kind of a framed message, and its Avro body.
    pub fn open<'a>(&self, message: &'a [u8]) -> Result<(Kind, &'a [u8]), FrameError> {
        let (header, body) = message
            .split_first_chunk::<5>()
            .ok_or(FrameError::Short { length: message.len() })?;
        let [magic, id @ ..] = *header;
        if magic != 0 {
            return Err(FrameError::BadMagic { found: magic });
        }
        let id = i32::from_be_bytes(id);
        self.kind(id)
            .map(|kind| (kind, body))
            .ok_or(FrameError::UnknownSchema { id })
    }
}

/// Appends a framed message.
pub fn encode(ids: &SchemaIds, record: &Record<'_>, out: &mut Vec<u8>) {
    out.push(0);
    out.extend_from_slice(&ids.id(record.kind()).to_be_bytes());
    record.encode_body(out);
}

/// Reads a framed message.
pub fn decode<'a>(ids: &SchemaIds, message: &'a [u8]) -> Result<Record<'a>, FrameError> {
    let (kind, body) = ids.open(message)?;
    Record::decode_body(kind, body).map_err(|error| FrameError::Body { kind, error })
}
