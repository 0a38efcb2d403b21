//! Appends frames to a log.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crash_points::CrashPoint;

use super::active_segment::{self, ActiveSegment, Found, Naming};
use super::error::WriteError;
use super::folder_lock::FolderLock;
use super::record::{self, Head};
use super::retention::{self, Needed, Retention};
use super::segment_file::{self, Form, SegmentFile};
use super::segment_header::{LABEL_BYTES_MAX, SegmentHeader};
use super::upkeep::{Ahead, Change, Inline, Upkeep, Work};

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
    /// No segment with this frame or a later one is deleted, whatever `retention` says; [`FrameWriter::need_from`] moves it.
    pub needed_from: u64,
    /// A thread makes the next segment ready and sees closed ones onto the disk, so that an append that changes the segment waits for
    /// the disk only where that is slower than the frames.
    pub ahead: bool,
}

impl WriterOptions {
    /// Segments of 256 MiB, all kept but none needed, and no thread.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            segment_bytes: 256 << 20,
            retention: Retention::default(),
            needed_from: u64::MAX,
            ahead: false,
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
    needed: Arc<Needed>,
    upkeep: Upkeep,
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
        let mut log = Found {
            next_sequence: 0,
            highest_receive_ns: i64::MIN,
            open_end: None,
        };
        let mut active = None;
        if let Some(last) = last_segment(folder)? {
            (log, active) = go_on(folder, last, &options)?;
        }
        let needed = Arc::new(Needed::from(options.needed_from));
        let work = Work {
            folder: folder.to_owned(),
            segment_bytes: options.segment_bytes,
            retention: options.retention,
            needed: Arc::clone(&needed),
        };
        let open = active.as_ref().map(ActiveSegment::first_sequence);
        let upkeep = if options.ahead {
            Upkeep::Ahead(Ahead::start(work, log.highest_receive_ns, open)?)
        } else {
            Upkeep::Inline(Inline::new(work))
        };
        Ok(Self {
            folder: folder.to_owned(),
            payload_bytes_max: ActiveSegment::payload_bytes_max(options.segment_bytes as usize),
            options,
            active,
            next_sequence: log.next_sequence,
            highest_receive_ns: log.highest_receive_ns,
            needed,
            upkeep,
            _lock: lock,
        })
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

    /// As [`append`](Self::append), and the frame is the first one of a new segment.
    pub fn append_first(&mut self, connection: u16, receive_ns: i64, payload: &[u8]) -> Result<u64, WriteError> {
        self.begin_segment(receive_ns, payload.len())?;
        self.append(connection, receive_ns, payload)
    }

    /// Whether a frame with such a payload goes into the segment that is written; another begins a new one.
    #[inline]
    pub fn has_room(&self, payload_bytes: usize) -> bool {
        self.active
            .as_ref()
            .is_some_and(|active| active.has_room(payload_bytes))
    }

    /// The largest payload that a segment takes.
    pub fn payload_bytes_max(&self) -> usize {
        self.payload_bytes_max
    }

    #[cold]
    fn begin_segment(&mut self, receive_ns: i64, payload_bytes: usize) -> Result<&mut ActiveSegment, WriteError> {
        if payload_bytes > self.payload_bytes_max {
            return Err(WriteError::TooLarge {
                payload_bytes,
                most_bytes: self.payload_bytes_max,
            });
        }
        let open = self.active.as_ref().map(ActiveSegment::first_sequence);
        let upcoming = self.upkeep.upcoming(receive_ns, open)?;
        let header = SegmentHeader {
            first_sequence: self.next_sequence,
            created_ns: receive_ns,
            highest_before_ns: self.highest_receive_ns,
            label: self.options.label.clone(),
        };
        if let Some(active) = &mut self.active {
            active.seal(self.next_sequence, self.highest_receive_ns);
            crash_points::pass(CrashPoint::SegmentSealed);
        }
        let (active, begun) = upcoming.begin(&self.folder, &header);
        crash_points::pass(CrashPoint::SegmentBegun);
        let closed = self.active.replace(active);
        self.upkeep.changed(Change {
            closed,
            begun,
            first_sequence: self.next_sequence,
            now_ns: receive_ns,
        })?;
        Ok(self.active.as_mut().expect("just begun"))
    }

    /// Closes the current segment, so that it can be compressed; the next frame begins another.
    pub fn close_segment(&mut self) -> Result<(), WriteError> {
        self.upkeep.settle()?;
        if let Some(active) = &mut self.active {
            active.seal(self.next_sequence, self.highest_receive_ns);
            active.finish()?;
            self.active = None;
        }
        Ok(())
    }

    /// Returns when all frames appended so far would outlive a power failure.
    pub fn sync(&mut self) -> Result<(), WriteError> {
        self.upkeep.settle()?;
        self.active.as_ref().map_or(Ok(()), ActiveSegment::sync)
    }

    /// Deletes what is not to be kept at `now_ns` (ns UTC), which is done at the beginning of every segment as well, and returns what was deleted.
    pub fn retain(&mut self, now_ns: i64) -> Result<Vec<SegmentFile>, WriteError> {
        let open = self.active.as_ref().map(ActiveSegment::first_sequence);
        let files = segment_file::list(&self.folder)?;
        retention::apply(files, &self.options.retention, &self.needed, now_ns, 0, open)
    }

    /// From now on no segment with this frame or a later one is deleted.
    pub fn need_from(&self, sequence: u64) {
        self.needed.set(sequence);
    }

    /// More than what retention allows is kept, as it is needed.
    pub fn is_past_limits(&self) -> bool {
        self.needed.is_past_limits()
    }

    /// The number of the frame to come.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }
}

/// The last segment, which has its name afterwards. What a killed process did not begin is deleted, and so is what a power failure cut
/// from the segment before.
fn last_segment(folder: &Path) -> Result<Option<SegmentFile>, WriteError> {
    let mut files = segment_file::list_alone(folder)?;
    let begun = files.pop_if(|file| file.is_begun());
    let Some(begun) = begun else {
        remove_upcoming(folder)?;
        return Ok(files.pop());
    };
    if let Some(last) = files.pop() {
        let (_, found) = active_segment::examine(&last)?;
        if found.open_end.is_some() || found.next_sequence != begun.first_sequence {
            remove_upcoming(folder)?;
            return Ok(Some(last));
        }
        let synced = File::open(&last.path).and_then(|file| file.sync_all());
        synced.map_err(WriteError::io(&last.path))?;
    }
    Naming::of(folder, begun.first_sequence)?.name(folder)?;
    Ok(Some(SegmentFile::new(folder, begun.first_sequence, Form::Plain)))
}

fn remove_upcoming(folder: &Path) -> Result<(), WriteError> {
    let path = segment_file::upcoming(folder);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(WriteError::io(&path)(error)),
        _ => Ok(()),
    }
}

/// Goes on behind the last whole frame.
fn go_on(
    folder: &Path,
    last: SegmentFile,
    options: &WriterOptions,
) -> Result<(Found, Option<ActiveSegment>), WriteError> {
    let (header, found) = active_segment::examine(&last)?;
    if header.label != options.label {
        return Err(WriteError::OtherLabel {
            folder: folder.to_owned(),
            found: header.label,
            wanted: options.label.clone(),
        });
    }
    let resume = |end| ActiveSegment::resume(last, end, options.segment_bytes);
    let active = found.open_end.map(resume).transpose()?;
    Ok((found, active))
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
