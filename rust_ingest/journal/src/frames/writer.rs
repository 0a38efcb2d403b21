//! Appends frames to a log.

use std::fs;
use std::path::{Path, PathBuf};

use super::active_segment::{self, ActiveSegment};
use super::error::WriteError;
use super::folder_lock::FolderLock;
use super::record::{self, Head};
use super::retention::{self, Retention};
use super::segment_file::{self, Form, SegmentFile};
use super::segment_header::{LABEL_BYTES_MAX, SegmentHeader};

pub(super) const SEGMENT_BYTES_MIN: u64 = 4096;
/// A size is stored in 32 bits, and positions within a segment stay far from it.
pub(super) const SEGMENT_BYTES_MAX: u64 = 1 << 31;
pub(super) const LOCK_NAME: &str = "writer.lock";

/// How a log is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriterOptions {
    /// What the log holds, such as the venue's name; at most 84 bytes of UTF-8, and the same for the folder's life.
    pub label: String,
    /// Size of a segment, 4 KiB to 2 GiB; a new one is begun when a frame does not fit.
    pub segment_bytes: u64,
    pub retention: Retention,
}

impl WriterOptions {
    /// Segments of 256 MiB, all kept.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            segment_bytes: 256 << 20,
            retention: Retention::default(),
        }
    }
}

/// The only writer of a folder.
#[derive(Debug)]
pub struct FrameWriter {
    folder: PathBuf,
    options: WriterOptions,
    /// None before the first frame, and after a segment was closed.
    active: Option<ActiveSegment>,
    next_sequence: u64,
    highest_receive_ns: i64,
    payload_bytes_max: usize,
    _lock: FolderLock,
}

impl FrameWriter {
    /// Makes the folder if it is not there, and goes on behind the last whole frame.
    ///
    /// # Errors
    /// [`WriteError::Locked`] if it has a writer; [`ReadError::Damaged`](super::ReadError::Damaged) if the last segment is broken anywhere but at its
    /// end; [`WriteError::OtherLabel`]; and those of the disk.
    pub fn open(folder: &Path, options: WriterOptions) -> Result<Self, WriteError> {
        check(&options)?;
        fs::create_dir_all(folder).map_err(WriteError::room(folder, 0))?;
        let lock = FolderLock::take(&folder.join(LOCK_NAME))?;
        for left in segment_file::unfinished(folder, Form::Plain)? {
            fs::remove_file(&left).map_err(WriteError::io(&left))?;
        }
        let mut writer = Self {
            folder: folder.to_owned(),
            payload_bytes_max: ActiveSegment::payload_bytes_max(options.segment_bytes as usize),
            options,
            active: None,
            next_sequence: 0,
            highest_receive_ns: i64::MIN,
            _lock: lock,
        };
        if let Some(last) = segment_file::list(folder)?.pop() {
            writer.go_on(last)?;
        }
        Ok(writer)
    }

    fn go_on(&mut self, last: SegmentFile) -> Result<(), WriteError> {
        let (header, found) = active_segment::examine(&last)?;
        if header.label != self.options.label {
            return Err(WriteError::OtherLabel {
                folder: self.folder.clone(),
                found: header.label,
                wanted: self.options.label.clone(),
            });
        }
        self.next_sequence = found.next_sequence;
        self.highest_receive_ns = found.highest_receive_ns;
        if let Some(end) = found.open_end {
            self.active = Some(ActiveSegment::resume(last, end, self.options.segment_bytes)?);
        }
        Ok(())
    }

    /// Appends a frame that came over `connection` at `receive_ns` (ns UTC), and returns its sequence number. It outlives this process at once, and
    /// a power failure after [`sync`](Self::sync).
    ///
    /// # Errors
    /// [`WriteError::TooLarge`], and when a new segment is begun those of the disk, [`WriteError::DiskFull`] above all. The frame is not in the log
    /// then, and the next call tries again.
    #[inline]
    pub fn append(&mut self, connection: u16, receive_ns: i64, payload: &[u8]) -> Result<u64, WriteError> {
        let sequence = self.next_sequence;
        let head = Head {
            receive_ns,
            connection,
            sequence_low: record::low(sequence),
        };
        let active = match &mut self.active {
            Some(active) if active.has_room(payload.len()) => active,
            _ => self.begin_segment(receive_ns, payload.len())?,
        };
        active.append(&head, payload);
        self.next_sequence += 1;
        self.highest_receive_ns = self.highest_receive_ns.max(receive_ns);
        Ok(sequence)
    }

    #[cold]
    fn begin_segment(&mut self, receive_ns: i64, payload_bytes: usize) -> Result<&mut ActiveSegment, WriteError> {
        if payload_bytes > self.payload_bytes_max {
            return Err(WriteError::TooLarge {
                payload_bytes,
                most_bytes: self.payload_bytes_max,
            });
        }
        self.close_segment()?;
        let upcoming_bytes = self.options.segment_bytes;
        match retention::apply(&self.folder, &self.options.retention, receive_ns, upcoming_bytes, None) {
            // An old file that cannot be read must not keep a new one from being written. It stays, and `retain` and readers tell of it.
            Ok(_) | Err(WriteError::Read(_)) => {}
            Err(other) => return Err(other),
        }
        let header = SegmentHeader {
            first_sequence: self.next_sequence,
            created_ns: receive_ns,
            highest_before_ns: self.highest_receive_ns,
            label: self.options.label.clone(),
        };
        let segment = SegmentFile::new(&self.folder, self.next_sequence, Form::Plain);
        let active = ActiveSegment::create(&self.folder, segment, &header, upcoming_bytes)?;
        Ok(self.active.insert(active))
    }

    /// Closes the current segment, so that it can be compressed; the next frame begins another.
    pub fn close_segment(&mut self) -> Result<(), WriteError> {
        if let Some(active) = &mut self.active {
            active.seal(self.next_sequence, self.highest_receive_ns)?;
            self.active = None;
        }
        Ok(())
    }

    /// Returns when all frames appended so far would outlive a power failure.
    pub fn sync(&self) -> Result<(), WriteError> {
        self.active.as_ref().map_or(Ok(()), ActiveSegment::sync)
    }

    /// Deletes what is not to be kept at `now_ns` (ns UTC), which is done at the beginning of every segment as well, and returns what was deleted.
    pub fn retain(&mut self, now_ns: i64) -> Result<Vec<SegmentFile>, WriteError> {
        let open = self.active.as_ref().map(ActiveSegment::first_sequence);
        retention::apply(&self.folder, &self.options.retention, now_ns, 0, open)
    }

    /// The number of the frame to come.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }
}

fn check(options: &WriterOptions) -> Result<(), WriteError> {
    let label_bytes = options.label.len();
    if label_bytes > LABEL_BYTES_MAX {
        return Err(WriteError::Option {
            name: "the label's length",
            value: label_bytes as u64,
            allowed: "at most 84 bytes",
        });
    }
    if !(SEGMENT_BYTES_MIN..=SEGMENT_BYTES_MAX).contains(&options.segment_bytes) {
        return Err(WriteError::Option {
            name: "segment_bytes",
            value: options.segment_bytes,
            allowed: "4 KiB to 2 GiB",
        });
    }
    Ok(())
}
