//! What is deleted, oldest first.

use std::fs;
use std::io;
use std::path::Path;

use crash_points::CrashPoint;

use super::error::WriteError;
use super::segment_bytes;
use super::segment_file::{self, SegmentFile};

/// How much of a log is kept; everything, unless said otherwise. Whole segments are deleted, never the one that is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// All segments together take at most this on the disk, the one to be begun included.
    pub total_bytes: Option<u64>,
    /// A segment goes when the one behind it was begun longer ago than this.
    pub age_ns: Option<i64>,
}

/// `open` is the first sequence number of the segment that is written.
pub(super) fn apply(
    folder: &Path,
    retention: &Retention,
    now_ns: i64,
    upcoming_bytes: u64,
    open: Option<u64>,
) -> Result<Vec<SegmentFile>, WriteError> {
    if *retention == Retention::default() {
        return Ok(Vec::new());
    }
    let mut files = segment_file::list(folder)?;
    let mut total_bytes = upcoming_bytes;
    for file in &files {
        total_bytes += file.disk_bytes()?.unwrap_or(0);
    }
    let mut going = 0;
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
        total_bytes -= file.disk_bytes()?.unwrap_or(0).min(total_bytes);
        delete(file)?;
        crash_points::pass(CrashPoint::SegmentDeleted);
        going += 1;
    }
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
