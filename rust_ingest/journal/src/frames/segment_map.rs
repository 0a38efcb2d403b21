//! A segment's bytes in memory, shared with the file and with everyone who has it mapped. All `unsafe` of the frame log is here.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering, fence};

use memmap2::{MmapOptions, MmapRaw};

/// No reference to the whole map is ever made: other threads and processes write to it.
#[derive(Debug)]
pub(super) struct SegmentMap {
    map: MmapRaw,
}

impl SegmentMap {
    pub(super) fn read_only(file: &File) -> io::Result<Self> {
        let map = MmapOptions::new().map_raw_read_only(file)?;
        Ok(Self { map })
    }

    pub(super) fn len(&self) -> usize {
        self.map.len()
    }

    /// The eight bytes at `position`, a multiple of 8, with all that was written before they were published; 0 past the end.
    #[inline]
    pub(super) fn word(&self, position: usize) -> u64 {
        if !position.is_multiple_of(8) || position >= self.len() || self.len() - position < 8 {
            return 0;
        }
        // SAFETY: in bounds (just checked) and aligned, as a map begins at a page. Whoever else stores to these eight bytes as a word
        // does so atomically (`publish`), and payloads are stored before the word that makes them known. Relaxed, for
        // the map may be read-only, where stronger loads are not promised to work; the fence makes it acquire.
        let word = unsafe { AtomicU64::from_ptr(self.map.as_mut_ptr().add(position).cast()) }.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        u64::from_le(word)
    }

    /// Bytes that a published word claims; none if they reach past the end.
    #[inline]
    pub(super) fn claimed(&self, position: usize, bytes: usize) -> Option<&[u8]> {
        if position.checked_add(bytes)? > self.len() {
            return None;
        }
        // SAFETY: in bounds, and initialised as all of a file is. The file is never made shorter. Bytes claimed by a published word whose
        // checksum matches are never written again while the file exists, so what is given on stays as it is. Where the
        // checksum does not match, the caller drops the slice with no more than that answer taken from it: there a writer that
        // recovers from a power failure may be storing zeros meanwhile, which at worst is another mismatch.
        Some(unsafe { std::slice::from_raw_parts(self.map.as_ptr().add(position), bytes) })
    }
}

/// The only writer's map, by the folder's lock.
#[derive(Debug)]
pub(super) struct WritableMap {
    shared: SegmentMap,
}

impl WritableMap {
    /// All blocks of the file must be reserved: a store to a hole on a full disk is a fatal signal.
    pub(super) fn new(file: &File) -> io::Result<Self> {
        let map = MmapOptions::new().map_raw(file)?;
        Ok(Self {
            shared: SegmentMap { map },
        })
    }

    pub(super) fn shared(&self) -> &SegmentMap {
        &self.shared
    }

    /// Puts `parts` one behind the other from `position` on, and returns them as they stand there. For bytes that no published word claims.
    ///
    /// # Panics
    /// If that is past the end: the caller has made sure of the room.
    #[inline]
    pub(super) fn write(&mut self, position: usize, parts: [&[u8]; 2]) -> &[u8] {
        let bytes = parts[0].len() + parts[1].len();
        assert!(position <= self.shared.len() && bytes <= self.shared.len() - position);
        // SAFETY: in bounds, by the assertion. Parts cannot overlap with the map, of which only claimed bytes are given out. No one else
        // writes (`&mut`, and the folder's lock), and no reader looks at bytes that no word claims.
        unsafe {
            let target = self.shared.map.as_mut_ptr().add(position);
            std::ptr::copy_nonoverlapping(parts[0].as_ptr(), target, parts[0].len());
            std::ptr::copy_nonoverlapping(parts[1].as_ptr(), target.add(parts[0].len()), parts[1].len());
            std::slice::from_raw_parts(target, bytes)
        }
    }

    /// Stores eight bytes at once, after all that was written before.
    ///
    /// # Panics
    /// If `position` is no multiple of 8, or past the end.
    #[inline]
    pub(super) fn publish(&mut self, position: usize, word: u64) {
        assert!(position.is_multiple_of(8) && position < self.shared.len() && self.shared.len() - position >= 8);
        // SAFETY: in bounds and aligned, by the assertion; others only load it, atomically.
        unsafe { AtomicU64::from_ptr(self.shared.map.as_mut_ptr().add(position).cast()) }
            .store(word.to_le(), Ordering::Release);
    }

    /// Sees the bytes up to `end` onto the disk.
    pub(super) fn sync(&self, end: usize) -> io::Result<()> {
        self.shared.map.flush_range(0, end)
    }
}
