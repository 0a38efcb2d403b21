//! Closed segments made smaller.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crash_points::CrashPoint;

use super::error::{ReadError, WriteError};
use super::folder_lock::FolderLock;
use super::record;
use super::scan::{self, Step};
use super::segment_bytes::SegmentBytes;
use super::segment_file::{self, Form, SegmentFile};
use super::segment_header;
use crate::disk;

const LOCK_NAME: &str = "compressor.lock";

/// Compresses all closed segments of a log with Zstandard at `level` (1 to 19), and returns the files made. Writer and readers go on meanwhile: call
/// it in a thread of its own, or another process. Each segment is read through and checked first: a damaged one is left as it is.
///
/// # Errors
/// [`WriteError::Locked`] if that is being done already; [`ReadError::Damaged`]; [`WriteError::DiskFull`]. What was done before stays done.
pub fn compress_closed(folder: &Path, level: i32) -> Result<Vec<SegmentFile>, WriteError> {
    let _lock = FolderLock::take(&folder.join(LOCK_NAME))?;
    for left in segment_file::unfinished(folder)? {
        remove(&left)?;
    }
    let mut made = Vec::new();
    let files = segment_file::list(folder)?;
    for (index, file) in files.iter().enumerate().filter(|(_, file)| file.form == Form::Plain) {
        match SegmentBytes::load(file) {
            Ok(bytes) => {
                let newest = files.get(index + 1).is_none_or(SegmentFile::is_begun);
                if let Some(end) = sealed_end(&bytes, file, newest)? {
                    made.extend(compress(folder, file, &bytes, end, level)?);
                }
            }
            // Retention was quicker.
            Err(ReadError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(made)
}

/// Where the seal ends; none if the segment is open.
fn sealed_end(bytes: &SegmentBytes, file: &SegmentFile, newest: bool) -> Result<Option<usize>, ReadError> {
    let mut sequence = bytes.header(file)?.first_sequence;
    let mut position = segment_header::HEADER_BYTES;
    let reason = loop {
        match scan::step(bytes, position, sequence) {
            Step::Frame { size, .. } => {
                sequence += 1;
                position += record::padded(size);
            }
            Step::Seal { .. } => return Ok(Some(position + record::HEADER_BYTES)),
            Step::End | Step::Broken(_) if newest => return Ok(None),
            Step::End => break "it ends without a seal",
            Step::Broken(reason) => break reason,
        }
    };
    Err(ReadError::Damaged {
        path: file.path.clone(),
        position,
        sequence,
        reason,
    })
}

fn compress(
    folder: &Path,
    file: &SegmentFile,
    bytes: &SegmentBytes,
    end: usize,
    level: i32,
) -> Result<Option<SegmentFile>, WriteError> {
    let target = SegmentFile::new(folder, file.first_sequence, Form::Compressed);
    let unfinished = target.unfinished();
    let sealed = bytes.claimed(0, end).unwrap_or_default();
    let written = write(&unfinished, sealed, level).map_err(WriteError::room(&unfinished, end as u64));
    if let Err(error) = written {
        remove(&unfinished)?;
        return Err(error);
    }
    crash_points::pass(CrashPoint::SegmentCompressed);
    fs::rename(&unfinished, &target.path).map_err(WriteError::io(&target.path))?;
    disk::sync_folder(folder).map_err(WriteError::io(folder))?;
    crash_points::pass(CrashPoint::SegmentDoubled);
    if remove(&file.path)? {
        return Ok(Some(target));
    }
    // Deleted meanwhile by retention: it must not come back.
    remove(&target.path)?;
    Ok(None)
}

/// Whether it was there.
fn remove(path: &Path) -> Result<bool, WriteError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(WriteError::io(path)(error)),
    }
}

fn write(path: &Path, sealed: &[u8], level: i32) -> io::Result<()> {
    let mut encoder = zstd::Encoder::new(File::create(path)?, level)?;
    encoder.include_checksum(true)?;
    encoder.set_pledged_src_size(Some(sealed.len() as u64))?;
    encoder.write_all(sealed)?;
    encoder.finish()?.sync_all()
}
