//! A part while it is written: reserved on disk step by step, mapped once.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{Advice, MmapOptions, MmapRaw};
use rustix::io::Errno;

use crate::disk;

use super::header::SETTLED_AT;
use super::{HEADER_BYTES, PartHeader, Rotation, TICK_BYTES, Tick, TickError, part_path};

/// One file that ticks are appended to.
pub(super) struct Part {
    path: PathBuf,
    file: File,
    /// All the part can ever be. Only the first `reserved_bytes` are in the file, and nothing behind them is touched.
    map: MmapRaw,
    rotation: Rotation,
    reserved_bytes: u64,
    /// How many ticks fit in what is reserved.
    room: usize,
    written: usize,
    /// Whether its name is known to be on disk too.
    named: bool,
    /// Whether the disk ever failed to take what was written. The next time it may say that all is well, and be wrong.
    lost: bool,
}

impl Part {
    /// Makes the part and reserves its first step; it appears under its name only when its header is on disk.
    pub(super) fn create(folder: &Path, header: PartHeader, rotation: Rotation) -> Result<Part, TickError> {
        let path = part_path(folder, header.symbol_id, header.part);
        let unnamed = path.with_extension("new");
        let failed = |doing| {
            let path = path.clone();
            move |source| TickError::Io { doing, path, source }
        };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&unnamed)
            .map_err(failed("making"))?;
        // Longer than the file, which a mapping may be: memory behind the file's end must not be touched.
        let map = MmapOptions::new()
            .len(usize::try_from(rotation.part_bytes).unwrap_or(usize::MAX))
            .map_raw(&file)
            .map_err(failed("mapping"))?;
        let mut part = Part {
            path: path.clone(),
            file,
            map,
            rotation,
            reserved_bytes: 0,
            room: 0,
            written: 0,
            named: false,
            lost: false,
        };
        let named = part
            .reserve()
            .and_then(|()| {
                part.file
                    .write_all_at(bytemuck::bytes_of(&header), 0)
                    .and_then(|()| part.file.sync_all())
                    .map_err(failed("writing"))
            })
            .and_then(|()| fs::rename(&unnamed, &path).map_err(failed("naming")));
        if let Err(error) = named {
            // What it took is given back; that this fails too changes nothing for the caller.
            let _ = fs::remove_file(&unnamed);
            return Err(error);
        }
        Ok(part)
    }

    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.written < self.room
    }

    /// Whether it is as large as it may be, and its room is used.
    pub(super) fn is_full(&self) -> bool {
        !self.has_room() && self.reserved_bytes >= self.rotation.part_bytes
    }

    pub(super) fn written(&self) -> u64 {
        self.written as u64
    }

    /// Reserves the next step on disk, and makes its pages. Nothing changes where there is no room for it.
    pub(super) fn reserve(&mut self) -> Result<(), TickError> {
        let end = self
            .reserved_bytes
            .saturating_add(self.rotation.step_bytes)
            .min(self.rotation.part_bytes);
        let bytes = end - self.reserved_bytes;
        let taken = match disk::reserve(&self.file, self.reserved_bytes, bytes) {
            // What is written next is there all the same.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(()),
            taken => taken,
        };
        taken
            .and_then(|()| self.write_zeros(bytes))
            .and_then(|()| self.make_pages(bytes))
            .map_err(|source| self.no_room(source, bytes))?;
        self.reserved_bytes = end;
        self.room = (end.saturating_sub(HEADER_BYTES as u64) / TICK_BYTES as u64) as usize;
        Ok(())
    }

    /// Appends a tick whose `timestamp_ns` is not 0.
    ///
    /// # Panics
    /// Where there is no room: see [`Part::has_room`].
    #[inline]
    pub(super) fn put(&mut self, tick: &Tick) {
        assert!(self.has_room(), "a tick is put where room was made");
        let [mark, rest @ ..]: [u64; 4] = bytemuck::cast(*tick);
        // SAFETY: `written < room`, so that these 32 bytes lie within what `reserve` put into the file and the mapping is
        // of at least that length; nobody else writes there, and nobody reads beyond the mark before it is stored.
        // The mapping begins at a page and 64 + 32 n keeps the alignment of 8 that both writes need.
        unsafe {
            let at = self
                .map
                .as_mut_ptr()
                .add(HEADER_BYTES + self.written * TICK_BYTES)
                .cast::<u64>();
            at.add(1).cast::<[u64; 3]>().write(rest);
            AtomicU64::from_ptr(at).store(mark, Ordering::Release);
        }
        self.written += 1;
    }

    /// Gives back what was reserved and not used. No tick can be appended any more.
    pub(super) fn end(&mut self) -> Result<(), TickError> {
        self.room = self.written;
        self.reserved_bytes = (HEADER_BYTES + self.written * TICK_BYTES) as u64;
        self.rotation.part_bytes = self.reserved_bytes;
        self.file
            .set_len(self.reserved_bytes)
            .map_err(|source| self.failed("cutting", source))
    }

    /// Returns when all ticks are on disk, and notes their number in the header; not any more where that ever failed.
    pub(super) fn settle(&mut self) -> Result<(), TickError> {
        // Written through the mapping or not, it is the file's page cache that this writes out.
        if let Err(source) = self.file.sync_data() {
            self.lost = true;
            return Err(self.failed("writing out", source));
        }
        if !self.named {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            disk::sync_folder(folder).map_err(|source| self.failed("writing out the name of", source))?;
            self.named = true;
        }
        if self.lost {
            return Ok(());
        }
        // SAFETY: the header is in the file since `create`, `settled` stands at an aligned 8 bytes of it, and whoever else
        // looks at it in this process does so by reading the file.
        unsafe { AtomicU64::from_ptr(self.map.as_mut_ptr().add(SETTLED_AT).cast()) }
            .store(self.written(), Ordering::Release);
        Ok(())
    }

    /// Page faults all at once: amid the appends each would cost as much as a hundred of them.
    fn make_pages(&self, bytes: u64) -> io::Result<()> {
        match self
            .map
            .advise_range(Advice::PopulateWrite, self.reserved_bytes as usize, bytes as usize)
        {
            // Linux before 5.14 does not know it, and makes each page when it is first touched.
            Err(error) if error.raw_os_error() == Some(Errno::INVAL.raw_os_error()) => Ok(()),
            made => made,
        }
    }

    /// The space reads as zeros without this. But written to, its blocks are found once for all pages and not for each
    /// anew as it is first touched, which takes three times as long.
    fn write_zeros(&self, bytes: u64) -> io::Result<()> {
        static ZEROS: [u8; 65_536] = [0; 65_536];
        let end = self.reserved_bytes + bytes;
        let mut at = self.reserved_bytes;
        while at < end {
            let now = (end - at).min(ZEROS.len() as u64);
            self.file.write_all_at(&ZEROS[..now as usize], at)?;
            at += now;
        }
        Ok(())
    }

    fn no_room(&self, source: io::Error, bytes: u64) -> TickError {
        // A fault is what a full disk makes of pages: without `make_pages` it would have been a SIGBUS.
        const NO_ROOM: [Errno; 4] = [Errno::NOSPC, Errno::DQUOT, Errno::FBIG, Errno::FAULT];
        if NO_ROOM
            .iter()
            .any(|errno| source.raw_os_error() == Some(errno.raw_os_error()))
        {
            return TickError::NoRoom {
                path: self.path.clone(),
                ticks: self.written(),
                bytes,
            };
        }
        self.failed("reserving room in", source)
    }

    fn failed(&self, doing: &'static str, source: io::Error) -> TickError {
        TickError::Io {
            doing,
            path: self.path.clone(),
            source,
        }
    }
}
