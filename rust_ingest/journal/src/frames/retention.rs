//! What is deleted, oldest first.

use std::fs;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crash_points::CrashPoint;

use super::error::WriteError;
use super::segment_bytes;
use super::segment_file::SegmentFile;

/// How much of a log is kept; everything, unless said otherwise. Whole segments are deleted, never the one that is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// All segments together take at most this on the disk, the one to be begun included.
    pub total_bytes: Option<u64>,
    /// A segment goes when the one behind it was begun longer ago than this.
    pub age_ns: Option<i64>,
}

/// What stays whatever the limits say. Shared with the thread that deletes.
#[derive(Debug)]
pub(super) struct Needed {
    /// Frames from this one on.
    from: AtomicU64,
    /// More than the limits stays because of it.
    is_past_limits: AtomicBool,
}

impl Needed {
    pub(super) fn from(sequence: u64) -> Self {
        Self {
            from: AtomicU64::new(sequence),
            is_past_limits: AtomicBool::new(false),
        }
    }

    pub(super) fn set(&self, sequence: u64) {
        self.from.store(sequence, Ordering::Release);
        // Said of what was needed before: the next look decides anew.
        self.is_past_limits.store(false, Ordering::Release);
    }

    pub(super) fn is_past_limits(&self) -> bool {
        self.is_past_limits.load(Ordering::Acquire)
    }

    /// Of a segment: `next` is the first frame of the one behind it.
    fn holds(&self, next: Option<&SegmentFile>) -> bool {
        next.map_or(u64::MAX, |next| next.first_sequence) > self.from.load(Ordering::Acquire)
    }
}

/// Deletes of `files`, which are all there are, and returns what went. `open` is the first sequence number of the segment that is written.
pub(super) fn apply(
    mut files: Vec<SegmentFile>,
    retention: &Retention,
    needed: &Needed,
    now_ns: i64,
    upcoming_bytes: u64,
    open: Option<u64>,
) -> Result<Vec<SegmentFile>, WriteError> {
    let mut total_bytes = upcoming_bytes;
    for file in &files {
        total_bytes += file.disk_bytes()?.unwrap_or(0);
    }
    let mut going = 0;
    let mut is_past_limits = false;
    while let Some(file) = files.get(going).filter(|file| Some(file.first_sequence) != open) {
        let too_many = retention.total_bytes.is_some_and(|most| total_bytes > most);
        let too_old = match (retention.age_ns, files.get(going + 1)) {
            // One clock that was wrong for a while must not keep everything: the highest time would.
            (Some(age_ns), Some(next)) => segment_bytes::read_header(next)?.created_ns < now_ns.saturating_sub(age_ns),
            _ => false,
        };
        if !too_many && !too_old {
            break;
        }
        is_past_limits = needed.holds(files.get(going + 1));
        if is_past_limits {
            break;
        }
        total_bytes -= file.disk_bytes()?.unwrap_or(0).min(total_bytes);
        delete(file)?;
        crash_points::pass(CrashPoint::SegmentDeleted);
        going += 1;
    }
    needed.is_past_limits.store(is_past_limits, Ordering::Release);
    files.truncate(going);
    Ok(files)
}

/// In both forms: it may be being compressed.
fn delete(file: &SegmentFile) -> Result<(), WriteError> {
    for path in file.both_paths() {
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(WriteError::Io { path, source }),
        }
    }
    Ok(())
}
