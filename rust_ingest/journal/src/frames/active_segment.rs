//! The segment that is appended to.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::error::{ReadError, WriteError};
use super::record::{self, Head};
use super::scan::{self, Step};
use super::segment_bytes::SegmentBytes;
use super::segment_file::{self, Form, SegmentFile};
use super::segment_header::{self, SegmentHeader};
use super::segment_map::WritableMap;
use crate::disk;

/// What a segment takes beside its frames.
pub(super) const FRAMELESS_BYTES: usize = segment_header::HEADER_BYTES + record::HEADER_BYTES;

#[derive(Debug)]
pub(super) struct ActiveSegment {
    file: File,
    segment: SegmentFile,
    map: WritableMap,
    /// Where the next frame goes.
    end: usize,
    sealed: bool,
}

/// What the last segment says of the log.
#[derive(Debug)]
pub(super) struct Found {
    pub next_sequence: u64,
    pub highest_receive_ns: i64,
    /// The frames' end, where the segment is not sealed.
    pub open_end: Option<usize>,
}

/// A segment that is reserved and mapped, and has no header yet.
#[derive(Debug)]
pub(super) struct Upcoming {
    file: File,
    /// The same once more, for who names it.
    again: File,
    map: WritableMap,
}

impl Upcoming {
    /// Reserves its blocks: a full disk shows here, and never amid a frame.
    pub(super) fn prepare(folder: &Path, bytes: u64) -> Result<Self, WriteError> {
        let path = segment_file::upcoming(folder);
        Self::make(&path, bytes).inspect_err(|_| {
            // What is wrong is told by the error at hand; a file left behind is taken away by the next opening.
            let _ = fs::remove_file(&path);
        })
    }

    fn make(path: &Path, bytes: u64) -> Result<Self, WriteError> {
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(true).open(path);
        let file = file.map_err(WriteError::room(path, bytes))?;
        disk::reserve(&file, 0, bytes).map_err(WriteError::room(path, bytes))?;
        let map = WritableMap::new(&file).map_err(WriteError::io(path))?;
        let again = file.try_clone().map_err(WriteError::io(path))?;
        Ok(Self { file, again, map })
    }

    /// From here on it is a segment, whole at every moment; [`Naming::name`] gives it the name that it has for good.
    pub(super) fn begin(mut self, folder: &Path, header: &SegmentHeader) -> (ActiveSegment, Naming) {
        self.map.write(0, [&header.encode(), &[]]);
        let segment = SegmentFile::new(folder, header.first_sequence, Form::Plain);
        let naming = Naming {
            file: self.again,
            segment: segment.clone(),
        };
        let active = ActiveSegment {
            file: self.file,
            segment,
            map: self.map,
            end: segment_header::HEADER_BYTES,
            sealed: false,
        };
        (active, naming)
    }
}

/// A segment that was begun, on its way to its name.
#[derive(Debug)]
pub(super) struct Naming {
    file: File,
    segment: SegmentFile,
}

impl Naming {
    /// Of a segment that another process began.
    pub(super) fn of(folder: &Path, first_sequence: u64) -> Result<Self, WriteError> {
        let path = segment_file::upcoming(folder);
        Ok(Self {
            file: File::options()
                .read(true)
                .write(true)
                .open(&path)
                .map_err(WriteError::io(&path))?,
            segment: SegmentFile::new(folder, first_sequence, Form::Plain),
        })
    }

    /// To be called when all before it is on the disk: no segment with a name outlives a power failure that cuts an earlier one.
    pub(super) fn name(&self, folder: &Path) -> Result<(), WriteError> {
        let path = &self.segment.path;
        self.file.sync_all().map_err(WriteError::io(path))?;
        match fs::rename(segment_file::upcoming(folder), path) {
            // Done before, as far as this.
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.exists() => {}
            other => other.map_err(WriteError::io(path))?,
        }
        disk::sync_folder(folder).map_err(WriteError::io(folder))
    }
}

impl ActiveSegment {
    /// Goes on behind the last whole frame. What is torn behind it is zeros afterwards.
    pub(super) fn resume(segment: SegmentFile, end: usize, bytes: u64) -> Result<Self, WriteError> {
        let opened = File::options().read(true).write(true).open(&segment.path);
        let file = opened.map_err(WriteError::io(&segment.path))?;
        let length = file.metadata().map_err(WriteError::io(&segment.path))?.len();
        disk::reserve(&file, 0, length.max(bytes)).map_err(WriteError::room(&segment.path, bytes))?;
        let mut map = WritableMap::new(&file).map_err(WriteError::io(&segment.path))?;
        let mut torn = false;
        for position in (end..map.shared().len() / record::ALIGNMENT * record::ALIGNMENT).step_by(record::ALIGNMENT) {
            if map.shared().word(position) != 0 {
                map.publish(position, 0);
                torn = true;
            }
        }
        if torn {
            // For good, before anything is appended: what was taken out must not come back behind it after a power failure.
            map.sync(map.shared().len()).map_err(WriteError::io(&segment.path))?;
        }
        Ok(Self {
            file,
            segment,
            map,
            end,
            sealed: false,
        })
    }

    pub(super) fn first_sequence(&self) -> u64 {
        self.segment.first_sequence
    }

    /// Largest payload that a segment of `bytes` can take.
    pub(super) fn payload_bytes_max(bytes: usize) -> usize {
        // A record takes its size rounded up.
        (bytes - FRAMELESS_BYTES) / record::ALIGNMENT * record::ALIGNMENT - record::HEADER_BYTES
    }

    #[inline]
    pub(super) fn has_room(&self, payload_bytes: usize) -> bool {
        let needed = record::padded(record::HEADER_BYTES + payload_bytes) + record::HEADER_BYTES;
        !self.sealed && needed <= self.map.shared().len() - self.end
    }

    /// # Panics
    /// If there is no room.
    #[inline]
    pub(super) fn append(&mut self, head: &Head, payload: &[u8]) {
        let size = record::HEADER_BYTES + payload.len();
        let stored = u32::try_from(size).expect("a frame with room is smaller than its segment");
        let covered = self
            .map
            .write(self.end + record::COVERED_FROM, [&head.encode(), payload]);
        let checksum = record::checksum(stored, covered);
        self.map.publish(self.end, record::word(stored, checksum));
        self.end += record::padded(size);
    }

    /// Closes it for good: nothing goes behind a seal.
    pub(super) fn seal(&mut self, next_sequence: u64, highest_receive_ns: i64) {
        let head = Head {
            receive_ns: highest_receive_ns,
            connection: 0,
            sequence_low: record::low(next_sequence),
        };
        let covered = self.map.write(self.end + record::COVERED_FROM, [&head.encode(), &[]]);
        let checksum = record::checksum(record::SEAL, covered);
        self.map.publish(self.end, record::word(record::SEAL, checksum));
        self.sealed = true;
    }

    /// Sees a sealed one onto the disk, and gives back what it does not need. After an error it can be called again.
    pub(super) fn finish(&self) -> Result<(), WriteError> {
        let sealed = self.end + record::HEADER_BYTES;
        self.map.sync(sealed).map_err(WriteError::io(&self.segment.path))?;
        disk::release_tail(&self.file, sealed as u64).map_err(WriteError::io(&self.segment.path))
    }

    pub(super) fn sync(&self) -> Result<(), WriteError> {
        self.map.sync(self.end).map_err(WriteError::io(&self.segment.path))
    }
}

/// Reads the last segment to its end. A tail that no whole frame follows is torn, and counts as not there.
pub(super) fn examine(segment: &SegmentFile) -> Result<(SegmentHeader, Found), ReadError> {
    let bytes = SegmentBytes::load(segment)?;
    let header = bytes.header(segment)?;
    let mut found = Found {
        next_sequence: header.first_sequence,
        highest_receive_ns: header.highest_before_ns,
        open_end: None,
    };
    let mut position = segment_header::HEADER_BYTES;
    let reason = loop {
        match scan::step(&bytes, position, found.next_sequence) {
            Step::Frame { head, size } => {
                found.next_sequence += 1;
                found.highest_receive_ns = found.highest_receive_ns.max(head.receive_ns);
                position += record::padded(size);
            }
            Step::Seal { .. } => return Ok((header, found)),
            Step::End if segment.is_compressed() => break "it ends without a seal",
            Step::End => break "nothing stands there, but there are frames behind it",
            Step::Broken(reason) => break reason,
        }
    };
    let open = matches!(&bytes, SegmentBytes::Mapped(map) if !scan::goes_on_behind(&bytes, position, found.next_sequence, map.len()));
    if !open {
        return Err(ReadError::Damaged {
            path: segment.path.clone(),
            position,
            sequence: found.next_sequence,
            reason,
        });
    }
    found.open_end = Some(position);
    Ok((header, found))
}
