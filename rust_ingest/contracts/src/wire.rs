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

/// One version of a kind's schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaVersion {
    /// In `schemas/registry.jsonl`.
    pub id: i32,
    pub fields: usize,
    /// As it stands in the registry.
    pub schema: &'static str,
}

/// The schema ids of each kind, both ways. Records are written in the newest version, and read in any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaIds {
    newest: [i32; Kind::ALL.len()],
    /// By id, ascending: the kind, and how many fields it has in that version.
    by_id: Vec<(i32, Kind, usize)>,
}

impl SchemaIds {
    /// The ids of `schemas/registry.jsonl`.
    pub fn embedded() -> Self {
        Self::new(|_, version| version.id)
    }

    /// Ids that a registry gave.
    pub fn new(id_of: impl Fn(Kind, &SchemaVersion) -> i32) -> Self {
        let mut by_id = Vec::new();
        for kind in Kind::ALL {
            by_id.extend(
                kind.versions()
                    .iter()
                    .map(|version| (id_of(kind, version), kind, version.fields)),
            );
        }
        let newest = Kind::ALL.map(|kind| kind.versions().last().map_or(0, |version| id_of(kind, version)));
        by_id.sort_unstable();
        Self { newest, by_id }
    }

    /// That of the newest version.
    pub fn id(&self, kind: Kind) -> i32 {
        self.newest[kind as usize]
    }

    /// Those of all versions, oldest first.
    pub fn ids(&self, kind: Kind) -> impl Iterator<Item = i32> + '_ {
        let mut found: Vec<_> = self.by_id.iter().filter(|(_, one, _)| *one == kind).collect();
        found.sort_unstable_by_key(|(_, _, fields)| *fields);
        found.into_iter().map(|(id, _, _)| *id)
    }

    pub fn kind(&self, id: i32) -> Option<Kind> {
        self.version(id).map(|(kind, _)| kind)
    }

    #[inline]
    fn version(&self, id: i32) -> Option<(Kind, usize)> {
        // Embedded ids have no gaps: the one looked for stands as far from the first as it is above it.
        let (first, ..) = self.by_id.first()?;
        let near = usize::try_from(i64::from(id) - i64::from(*first)).ok()?;
        let found = match self.by_id.get(near) {
            Some((found, ..)) if *found == id => near,
            _ => self.by_id.binary_search_by_key(&id, |(id, _, _)| *id).ok()?,
        };
        let (_, kind, fields) = self.by_id[found];
        Some((kind, fields))
    }

    /// A framed message, of which the frame alone was read.
    #[inline]
    pub fn open<'a>(&self, message: &'a [u8]) -> Result<Opened<'a>, FrameError> {
        let (header, body) = message
            .split_first_chunk::<5>()
            .ok_or(FrameError::Short { length: message.len() })?;
        let [magic, id @ ..] = *header;
        if magic != 0 {
            return Err(FrameError::BadMagic { found: magic });
        }
        let id = i32::from_be_bytes(id);
        let (kind, fields) = self.version(id).ok_or(FrameError::UnknownSchema { id })?;
        Ok(Opened { kind, fields, body })
    }
}

/// What a frame says of its record.
#[derive(Debug, Clone, Copy)]
pub struct Opened<'a> {
    pub kind: Kind,
    /// How many the version has that wrote it.
    fields: usize,
    body: &'a [u8],
}

impl<'a> Opened<'a> {
    #[inline]
    pub fn decode(self) -> Result<Record<'a>, FrameError> {
        let Self { kind, fields, body } = self;
        Record::decode_body(kind, fields, body).map_err(|error| FrameError::Body { kind, error })
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
    ids.open(message)?.decode()
}
