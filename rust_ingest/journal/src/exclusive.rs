//! One at a time: a lock on a file that ends with its process, however that ends.

use std::fs::File;
use std::io;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Exclusive(File);

impl Exclusive {
    /// `None` while another process holds it.
    pub(crate) fn take(file: File) -> io::Result<Option<Self>> {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self(file))),
            Err(Errno::WOULDBLOCK) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }
}

impl Drop for Exclusive {
    /// Closing the file would not do: a process that is being started meanwhile has it as well, until it becomes another program.
    fn drop(&mut self) {
        // The only ways to fail are those of a file that is not open.
        let _ = flock(&self.0, FlockOperation::Unlock);
    }
}
