//! Reads a part, also while it grows.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::{Ordering, fence};

use memmap2::{MmapOptions, MmapRaw};

use super::recovery::committed;
use super::{HEADER_BYTES, PartHeader, TICK_BYTES, Tick, TickError};

/// The committed ticks of one part.
///
/// A file that somebody else than its writer cuts while it is open takes the memory away, and the process with it.
pub struct TickReader {
    path: PathBuf,
    file: File,
    header: PartHeader,
    map: MmapRaw,
    count: usize,
}

impl TickReader {
    /// Opens a part. [`TickError::NotTicks`] where the file does not begin as one.
    pub fn open(path: &Path) -> Result<TickReader, TickError> {
        let failed = |doing| {
            move |source| TickError::Io {
                doing,
                path: path.to_owned(),
                source,
            }
        };
        let file = File::open(path).map_err(failed("opening"))?;
        let mut bytes = [0; HEADER_BYTES];
        let read = match file.read_exact_at(&mut bytes, 0) {
            Ok(()) => HEADER_BYTES,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(failed("reading")(error)),
        };
        let header = PartHeader::read(&bytes[..read], path)?;
        let map = MmapOptions::new().map_raw_read_only(&file).map_err(failed("mapping"))?;
        let mut reader = TickReader {
            path: path.to_owned(),
            file,
            header,
            map,
            count: 0,
        };
        reader.refresh()?;
        Ok(reader)
    }

    pub fn header(&self) -> &PartHeader {
        &self.header
    }

    /// The ticks that were there at the last [`refresh`](TickReader::refresh), without a copy.
    pub fn ticks(&self) -> &[Tick] {
        // SAFETY: `refresh` found these ticks within the file and maps at least that far; the writer never changes a
        // committed tick, nor cuts the file before its end, and any 32 bytes are a Tick. The mapping begins at a page, so
        // that 64 bytes on it is aligned.
        unsafe { slice::from_raw_parts(self.map.as_ptr().add(HEADER_BYTES).cast::<Tick>(), self.count) }
    }

    /// Takes in what was committed since; says how many ticks that is.
    pub fn refresh(&mut self) -> Result<usize, TickError> {
        let failed = |doing| {
            let path = self.path.clone();
            move |source| TickError::Io { doing, path, source }
        };
        let count = committed(&self.file, &self.header, self.count).map_err(failed("reading"))?;
        // Pairs with the writer's release of the marks that were just read.
        fence(Ordering::Acquire);
        if HEADER_BYTES + count * TICK_BYTES > self.map.len() {
            self.map = MmapOptions::new()
                .map_raw_read_only(&self.file)
                .map_err(failed("mapping"))?;
        }
        let more = count - self.count.min(count);
        self.count = count;
        Ok(more)
    }
}
