//! What stands in a segment, whether it is mapped or was decompressed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::error::ReadError;
use super::segment_file::{Form, SegmentFile};
use super::segment_header::{self, SegmentHeader};
use super::segment_map::SegmentMap;
use super::writer::SEGMENT_BYTES_MAX;

#[derive(Debug)]
pub(super) enum SegmentBytes {
    Mapped(SegmentMap),
    Unpacked(Vec<u8>),
}

impl SegmentBytes {
    pub(super) fn load(file: &SegmentFile) -> Result<Self, ReadError> {
        let opened = File::open(&file.path).map_err(ReadError::io(&file.path))?;
        match file.form {
            Form::Plain | Form::Begun => SegmentMap::read_only(&opened)
                .map(Self::Mapped)
                .map_err(ReadError::io(&file.path)),
            Form::Compressed => unpack(opened).map(Self::Unpacked).map_err(|_| undecodable(file)),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Mapped(map) => map.len(),
            Self::Unpacked(bytes) => bytes.len(),
        }
    }

    pub(super) fn header(&self, file: &SegmentFile) -> Result<SegmentHeader, ReadError> {
        let bytes = self.claimed(0, segment_header::HEADER_BYTES);
        checked(file, bytes.and_then(|bytes| bytes.first_chunk()))
    }

    #[inline]
    pub(super) fn word(&self, position: usize) -> u64 {
        match self {
            Self::Mapped(map) => map.word(position),
            Self::Unpacked(bytes) => bytes
                .get(position..)
                .and_then(|rest| rest.first_chunk())
                .map_or(0, |word| u64::from_le_bytes(*word)),
        }
    }

    /// Bytes that the word at a record's beginning claims.
    #[inline]
    pub(super) fn claimed(&self, position: usize, bytes: usize) -> Option<&[u8]> {
        match self {
            Self::Mapped(map) => map.claimed(position, bytes),
            Self::Unpacked(all) => all.get(position..position.checked_add(bytes)?),
        }
    }
}

/// A segment's header alone, without the rest of the file.
pub(super) fn read_header(file: &SegmentFile) -> Result<SegmentHeader, ReadError> {
    let opened = File::open(&file.path).map_err(ReadError::io(&file.path))?;
    let mut bytes = [0; segment_header::HEADER_BYTES];
    let read = match file.form {
        Form::Plain | Form::Begun => (&opened).read_exact(&mut bytes),
        Form::Compressed => zstd::Decoder::new(&opened).and_then(|mut decoder| decoder.read_exact(&mut bytes)),
    };
    match read {
        Ok(()) => checked(file, Some(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => checked(file, None),
        Err(_) if file.is_compressed() => Err(undecodable(file)),
        Err(error) => Err(ReadError::io(&file.path)(error)),
    }
}

/// First number of the segment that is written under that name; none if it is not begun, or has its own name by now.
pub(super) fn begun(upcoming: &Path) -> Result<Option<u64>, ReadError> {
    let mut bytes = [0; segment_header::HEADER_BYTES];
    match File::open(upcoming).and_then(|mut file| file.read_exact(&mut bytes)) {
        Ok(()) => Ok(SegmentHeader::decode(&bytes).ok().map(|header| header.first_sequence)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => Ok(None),
        Err(error) => Err(ReadError::io(upcoming)(error)),
    }
}

fn undecodable(file: &SegmentFile) -> ReadError {
    ReadError::Damaged {
        path: file.path.clone(),
        position: 0,
        sequence: file.first_sequence,
        reason: "it cannot be decompressed",
    }
}

fn checked(file: &SegmentFile, bytes: Option<&[u8; segment_header::HEADER_BYTES]>) -> Result<SegmentHeader, ReadError> {
    let header = match bytes {
        Some(bytes) => SegmentHeader::decode(bytes),
        None => Err("it is shorter than a header"),
    };
    let reason = match header {
        Ok(header) if header.first_sequence == file.first_sequence => return Ok(header),
        // It has its own name by now, and the next is made there: who looks again finds it.
        _ if file.is_begun() => return Err(ReadError::io(&file.path)(io::ErrorKind::NotFound.into())),
        Ok(_) => "its name is not the number of its first frame",
        Err(reason) => reason,
    };
    Err(ReadError::NotASegment {
        path: file.path.clone(),
        reason,
    })
}

fn unpack(file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    zstd::Decoder::new(file)?
        .take(SEGMENT_BYTES_MAX)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
