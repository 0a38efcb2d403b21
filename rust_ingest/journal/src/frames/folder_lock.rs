//! One writer, compressor or repair of a folder at a time.

use std::fs::File;
use std::path::Path;

use super::error::WriteError;
use crate::exclusive::Exclusive;

/// Held until dropped.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: Exclusive,
}

impl FolderLock {
    pub(super) fn take(path: &Path) -> Result<Self, WriteError> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(WriteError::room(path, 0))?;
        let held = Exclusive::take(file).map_err(WriteError::io(path))?;
        let file = held.ok_or_else(|| WriteError::Locked { path: path.to_owned() })?;
        Ok(Self { _file: file })
    }
}
