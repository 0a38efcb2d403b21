//! Space on the disk, reserved and given back.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use super::error::WriteError;

/// Makes the file `bytes` long with all its blocks its own: no later write within can find the disk full.
pub(super) fn reserve(file: &File, path: &Path, bytes: u64) -> Result<(), WriteError> {
    interruptible(|| fallocate(file, FallocateFlags::empty(), 0, bytes)).map_err(WriteError::room(path, bytes))
}

/// Gives back the blocks from `from` on. The file stays as long as it is, and reads as zeros there: a reader's map stays whole.
pub(super) fn release_tail(file: &File, path: &Path, from: u64) -> Result<(), WriteError> {
    let length = file.metadata().map_err(WriteError::io(path))?.len();
    if from >= length {
        return Ok(());
    }
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    match interruptible(|| fallocate(file, flags, from, length - from)) {
        // Such a file system keeps the space until the segment is compressed or deleted.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
        other => other.map_err(WriteError::io(path)),
    }
}

/// A name that was made or taken away stays so.
pub(super) fn sync_folder(folder: &Path) -> Result<(), WriteError> {
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(WriteError::io(folder))
}

fn interruptible(call: impl Fn() -> Result<(), Errno>) -> io::Result<()> {
    loop {
        match call() {
            Err(Errno::INTR) => {}
            other => return other.map_err(io::Error::from),
        }
    }
}
