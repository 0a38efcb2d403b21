//! Reads frames, in order, while they are written.

use std::io;
use std::path::{Path, PathBuf};

use super::error::ReadError;
use super::record::{self, Head};
use super::scan::{self, Step};
use super::segment_bytes::{self, SegmentBytes};
use super::segment_file::{self, SegmentFile};
use super::segment_header;

/// A segment may be compressed or deleted between being listed and being opened; then the folder is listed again.
const LOOKS_MAX: usize = 10;

/// A frame as it was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    pub sequence: u64,
    /// ns UTC.
    pub receive_ns: i64,
    pub connection: u16,
    /// In the file's own memory, where the segment is not compressed.
    pub payload: &'a [u8],
}

/// Where a log ends amid a frame, as a power failure leaves it. All before is whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} ends amid frame {sequence}, at byte {position}: a power failure cut it there. All frames before are whole; the next \
     writer goes on at that place",
    path.display()
)]
pub struct TornEnd {
    pub path: PathBuf,
    pub position: usize,
    /// Of the frame that is not whole.
    pub sequence: u64,
}

/// A place in a log.
#[derive(Debug)]
pub struct FrameReader {
    folder: PathBuf,
    /// None while the frame to come has no segment yet.
    segment: Option<OpenSegment>,
    /// First number of the segment that was read to its seal.
    read_through: Option<u64>,
    /// Of the frame to come.
    sequence: u64,
    /// What is before is passed over.
    from_sequence: u64,
    from_receive_ns: i64,
}

#[derive(Debug)]
struct OpenSegment {
    file: SegmentFile,
    bytes: SegmentBytes,
    /// Whether another one followed when it was opened: then it has a seal.
    closed: bool,
    position: usize,
}

impl FrameReader {
    /// Begins at the frame `sequence`, which may be yet to come.
    ///
    /// # Errors
    /// [`ReadError::NotKept`] if it was deleted.
    pub fn from_sequence(folder: &Path, sequence: u64) -> Result<Self, ReadError> {
        let mut reader = Self {
            folder: folder.to_owned(),
            segment: None,
            read_through: None,
            sequence,
            from_sequence: sequence,
            from_receive_ns: i64::MIN,
        };
        reader.open_segment()?;
        Ok(reader)
    }

    /// Begins at the oldest frame that is kept.
    pub fn from_oldest(folder: &Path) -> Result<Self, ReadError> {
        let oldest = segment_file::list(folder)?
            .first()
            .map_or(0, |file| file.first_sequence);
        Self::from_sequence(folder, oldest)
    }

    /// Begins at the first frame kept that was received at `receive_ns` (ns UTC) or later. Receive times need not be in order.
    pub fn from_time(folder: &Path, receive_ns: i64) -> Result<Self, ReadError> {
        let files = segment_file::list(folder)?;
        // Headers know the highest time before them, which only grows: the frame is in the last segment that has none so late before it.
        let mut low = 0;
        let mut high = files.len();
        while low < high {
            let middle = low + (high - low) / 2;
            if segment_bytes::read_header(&files[middle])?.highest_before_ns < receive_ns {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let first = files.get(low.saturating_sub(1)).map_or(0, |file| file.first_sequence);
        let mut reader = Self::from_sequence(folder, first)?;
        reader.from_receive_ns = receive_ns;
        Ok(reader)
    }

    /// The next frame; none at the end of what is written so far: ask again later.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] and [`ReadError::Missing`] say where to go on; the reader stays where it is.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, ReadError> {
        let Some((head, position, size)) = self.advance()? else {
            return Ok(None);
        };
        let payload = self.segment.as_ref().and_then(|segment| {
            segment
                .bytes
                .claimed(position + record::HEADER_BYTES, size - record::HEADER_BYTES)
        });
        Ok(payload.map(|payload| Frame {
            sequence: self.sequence - 1,
            receive_ns: head.receive_ns,
            connection: head.connection,
            payload,
        }))
    }

    /// The number of the frame to come, as far as it is known.
    pub fn next_sequence(&self) -> u64 {
        self.sequence.max(self.from_sequence)
    }

    /// Where the log ends amid a frame, if that is why [`Self::next_frame`] gave none. Where a writer is at work, it puts that right.
    pub fn torn_end(&self) -> Option<TornEnd> {
        let OpenSegment {
            file, bytes, position, ..
        } = self.segment.as_ref()?;
        matches!(scan::step(bytes, *position, self.sequence), Step::Broken(_)).then(|| TornEnd {
            path: file.path.clone(),
            position: *position,
            sequence: self.sequence,
        })
    }

    fn advance(&mut self) -> Result<Option<(Head, usize, usize)>, ReadError> {
        loop {
            if self.segment.is_none() && !self.open_segment()? {
                return Ok(None);
            }
            let Some(segment) = &mut self.segment else {
                return Ok(None);
            };
            match segment.step(self.sequence)? {
                Step::Frame { head, size } => {
                    let position = segment.position;
                    segment.position += record::padded(size);
                    self.sequence += 1;
                    if self.sequence > self.from_sequence && head.receive_ns >= self.from_receive_ns {
                        self.from_receive_ns = i64::MIN;
                        return Ok(Some((head, position, size)));
                    }
                }
                Step::Seal { .. } => {
                    self.read_through = Some(segment.file.first_sequence);
                    self.segment = None;
                }
                Step::End | Step::Broken(_) => return Ok(None),
            }
        }
    }

    /// Finds the segment where the frame to come stands, or shall stand; false if there is none yet.
    fn open_segment(&mut self) -> Result<bool, ReadError> {
        for _ in 1..LOOKS_MAX {
            match self.look() {
                Err(ReadError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
                other => return other,
            }
        }
        self.look()
    }

    fn look(&mut self) -> Result<bool, ReadError> {
        let files = segment_file::list(&self.folder)?;
        let behind = files.partition_point(|file| file.first_sequence <= self.sequence);
        let Some(file) = behind.checked_sub(1).map(|index| &files[index]) else {
            return match files.first() {
                None => Ok(false),
                Some(oldest) => Err(ReadError::NotKept {
                    folder: self.folder.clone(),
                    wanted: self.sequence,
                    oldest: oldest.first_sequence,
                }),
            };
        };
        // One without its name says nothing of the one before: a power failure may have cut that.
        let newest = files.get(behind).is_none_or(SegmentFile::is_begun);
        if self.read_through == Some(file.first_sequence) {
            return match files.get(behind) {
                None => Ok(false),
                Some(next) => Err(ReadError::Missing {
                    folder: self.folder.clone(),
                    wanted: self.sequence,
                    next: next.first_sequence,
                }),
            };
        }
        let bytes = SegmentBytes::load(file)?;
        bytes.header(file)?;
        self.sequence = file.first_sequence;
        self.segment = Some(OpenSegment {
            file: file.clone(),
            bytes,
            closed: !newest || file.is_compressed(),
            position: segment_header::HEADER_BYTES,
        });
        Ok(true)
    }
}

impl OpenSegment {
    fn step(&self, sequence: u64) -> Result<Step, ReadError> {
        let reason = match scan::step(&self.bytes, self.position, sequence) {
            Step::End if self.closed => "it ends without a seal",
            Step::Broken(reason) if self.closed => reason,
            Step::Broken(reason) => match self.torn_or_not(sequence) {
                Step::Broken(_) => reason,
                other => return Ok(other),
            },
            other => return Ok(other),
        };
        Err(ReadError::Damaged {
            path: self.file.path.clone(),
            position: self.position,
            sequence,
            reason,
        })
    }

    /// What a broken frame in the newest segment is: the end that a power failure tore, as long as nothing whole stands behind it.
    fn torn_or_not(&self, sequence: u64) -> Step {
        let length = self.bytes.len();
        if !scan::goes_on_behind(&self.bytes, self.position, sequence, length) {
            return Step::End;
        }
        // A writer may have put the torn end right meanwhile, and gone on.
        scan::step(&self.bytes, self.position, sequence)
    }
}
