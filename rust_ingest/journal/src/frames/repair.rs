//! What an operator can do about a last segment that is damaged.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::active_segment::{self, ActiveSegment};
use super::error::{ReadError, WriteError};
use super::folder_lock::FolderLock;
use super::segment_file;
use super::writer::LOCK_NAME;
use crate::disk;

/// Where a log was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    pub path: PathBuf,
    /// Byte in that file from where on nothing stands any more.
    pub position: usize,
    /// Number that the next frame gets, though another one may have had it.
    pub next_sequence: u64,
    /// The segment as it was.
    pub copy: PathBuf,
}

/// Cuts the last segment where it is damaged, so that the log can be written again, and keeps it as it was beside it. None if it is not damaged. For a
/// person to decide: frames behind the damage leave the log, and their numbers are given once more.
///
/// # Errors
/// [`WriteError::Locked`] while the log has a writer; [`ReadError::Damaged`] of a compressed segment, which can only be moved away.
pub fn cut_damaged_end(folder: &Path) -> Result<Option<Cut>, WriteError> {
    let _lock = FolderLock::take(&folder.join(LOCK_NAME))?;
    let files = segment_file::list_alone(folder)?;
    // Where the one before is damaged, the next writer drops what is not named yet.
    let Some(last) = files.iter().rfind(|file| !file.is_begun()).or(files.last()) else {
        return Ok(None);
    };
    let (position, next_sequence) = match active_segment::examine(last) {
        Ok(_) => return Ok(None),
        Err(ReadError::Damaged { position, sequence, .. }) if !last.is_compressed() => (position, sequence),
        Err(other) => return Err(other.into()),
    };
    let path = last.path.clone();
    let mut copy = path.clone().into_os_string();
    copy.push(format!(".damaged-at-{position}"));
    let copy = PathBuf::from(copy);
    keep(&path, &copy).map_err(WriteError::room(&copy, 0))?;
    disk::sync_folder(folder).map_err(WriteError::io(folder))?;
    ActiveSegment::resume(last.clone(), position, 0)?;
    Ok(Some(Cut {
        path,
        position,
        next_sequence,
        copy,
    }))
}

/// A copy that is there already is whole, and was made before the cut began.
fn keep(path: &Path, copy: &Path) -> io::Result<()> {
    if copy.exists() {
        return Ok(());
    }
    let partial = copy.with_extension("partial");
    fs::copy(path, &partial)?;
    File::open(&partial)?.sync_all()?;
    fs::rename(&partial, copy)
}
