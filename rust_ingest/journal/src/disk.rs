//! Space on the disk, reserved and given back, and names that stay.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::retry_on_intr;

/// Makes `bytes` from `from` on the file's own, and the file as long: no later write there can find the disk full. A file
/// system that cannot do that says [`io::ErrorKind::Unsupported`].
pub(crate) fn reserve(file: &File, from: u64, bytes: u64) -> io::Result<()> {
    Ok(retry_on_intr(|| fallocate(file, FallocateFlags::empty(), from, bytes))?)
}

/// Gives back the blocks from `from` on. The file stays as long as it is, and reads as zeros there: a reader's map stays whole.
pub(crate) fn release_tail(file: &File, from: u64) -> io::Result<()> {
    let length = file.metadata()?.len();
    if from >= length {
        return Ok(());
    }
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    match retry_on_intr(|| fallocate(file, flags, from, length - from)).map_err(io::Error::from) {
        // Such a file system keeps the space until the file is compressed or deleted.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        other => other,
    }
}

/// A name that was made or taken away stays so.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
