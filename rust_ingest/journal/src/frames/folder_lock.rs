//! One at a time: a lock that ends with its process, however that ends.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::error::WriteError;

/// Held until dropped.
#[derive(Debug)]
pub(super) struct FolderLock {
    file: File,
}

impl FolderLock {
    pub(super) fn take(path: &Path) -> Result<Self, WriteError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(WriteError::room(path, 0))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { file }),
            Err(Errno::WOULDBLOCK) => Err(WriteError::Locked { path: path.to_owned() }),
            Err(other) => Err(WriteError::io(path)(other.into())),
        }
    }
}

impl Drop for FolderLock {
    /// Closing the file would not do: a process that is being started meanwhile has it as well, until it becomes another program.
    fn drop(&mut self) {
        // The only ways to fail are those of a file that is not open.
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}
