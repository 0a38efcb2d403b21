//! Appends one symbol's ticks.

use std::path::{Path, PathBuf};

use super::flags::{GAP_BEFORE, OUT_OF_ORDER, RESUMED, SATURATED};
use super::folder::SymbolClaim;
use super::part::Part;
use super::recovery::resume;
use super::{PartHeader, Resumed, Rotation, Tick, TickError, part_path, parts_of};

/// The writer of one symbol's ticks, made by [`TickFolder::writer`](super::TickFolder::writer).
///
/// A tick is in its file, and readers see it, when `append` returns; a process that dies loses none. Against a power cut,
/// call [`sync`](TickWriter::sync) as often as it takes. A writer that is dropped leaves its part with the room that it
/// reserved; [`close`](TickWriter::close) gives that back.
pub struct TickWriter {
    folder: PathBuf,
    symbol_id: u32,
    rotation: Rotation,
    part: Option<Part>,
    /// The part before, until it is on disk.
    ended: Option<Part>,
    /// None when the last number is used.
    next_part: Option<u32>,
    next_sequence: u32,
    highest_ns: u64,
    /// From this timestamp on a tick belongs to the next part.
    day_end_ns: u64,
    /// For the next tick alone.
    flags: u8,
    resumed: Option<Resumed>,
    _claim: SymbolClaim,
}

impl TickWriter {
    pub(super) fn open(
        folder: &Path,
        symbol_id: u32,
        rotation: Rotation,
        claim: SymbolClaim,
    ) -> Result<TickWriter, TickError> {
        let last = parts_of(folder, symbol_id)?.last().copied();
        let resumed = last.map(|part| resume(folder, symbol_id, part)).transpose()?;
        Ok(TickWriter {
            folder: folder.to_owned(),
            symbol_id,
            rotation: rotation.checked()?,
            part: None,
            ended: None,
            next_part: last.map_or(Some(0), |part| part.checked_add(1)),
            next_sequence: resumed.map_or(0, |resumed| resumed.next_sequence),
            highest_ns: resumed.map_or(0, |resumed| resumed.highest_ns),
            day_end_ns: u64::MAX,
            flags: resumed.map_or(0, |_| RESUMED),
            resumed,
            _claim: claim,
        })
    }

    /// What was there when the writer began; None for a symbol's first.
    pub fn resumed(&self) -> Option<Resumed> {
        self.resumed
    }

    /// The sequence that the next [`append`](TickWriter::append) writes.
    pub fn next_sequence(&self) -> u32 {
        self.next_sequence
    }

    /// Appends a tick, numbered after the one before; says its number.
    ///
    /// After an error the tick is not in the file, and all is as before: it may be appended again.
    #[inline]
    pub fn append(&mut self, tick: Tick) -> Result<u32, TickError> {
        self.put(tick, self.next_sequence)
    }

    /// Appends a tick before which the source is known to have sent `missing` others: their numbers are left out.
    /// 0 says that it is not known how many.
    pub fn append_after_gap(&mut self, mut tick: Tick, missing: u32) -> Result<u32, TickError> {
        tick.flags |= GAP_BEFORE;
        self.put(tick, self.next_sequence.wrapping_add(missing))
    }

    /// Appends a tick that its source has numbered, by steps of one modulo 2^32. A symbol's first tick may have any number;
    /// later a step ahead is a gap, and one back (less than 2^31) is out of order.
    pub fn append_numbered(&mut self, mut tick: Tick, sequence: u32) -> Result<u32, TickError> {
        let ahead = sequence.wrapping_sub(self.next_sequence).cast_signed();
        let first = self.part.is_none() && self.resumed.is_none();
        if ahead > 0 && !first {
            tick.flags |= GAP_BEFORE;
        } else if ahead < 0 && !first {
            tick.flags |= OUT_OF_ORDER;
        }
        self.put(tick, sequence)
    }

    /// Returns when every tick so far is on disk. Once this failed, ticks from before may be lost in a power cut whatever
    /// later calls say.
    pub fn sync(&mut self) -> Result<(), TickError> {
        if let Some(ended) = &mut self.ended {
            ended.settle()?;
            self.ended = None;
        }
        self.part.as_mut().map_or(Ok(()), Part::settle)
    }

    /// Ends the part, as `sync` does with its reserved room given back.
    pub fn close(mut self) -> Result<(), TickError> {
        if let Some(part) = &mut self.part {
            part.end()?;
        }
        self.sync()
    }

    #[inline]
    fn put(&mut self, mut tick: Tick, sequence: u32) -> Result<u32, TickError> {
        if tick.symbol_id != self.symbol_id {
            return Err(TickError::OtherSymbol {
                symbol_id: self.symbol_id,
                found: tick.symbol_id,
            });
        }
        if tick.timestamp_ns == 0 {
            tick.timestamp_ns = 1;
            tick.flags |= SATURATED;
        }
        if tick.timestamp_ns >= self.day_end_ns || !self.part.as_ref().is_some_and(Part::has_room) {
            self.make_room(tick.timestamp_ns, sequence)?;
        }
        tick.flags |= self.flags
            | if tick.timestamp_ns < self.highest_ns {
                OUT_OF_ORDER
            } else {
                0
            };
        tick.sequence = sequence;
        if let Some(part) = &mut self.part {
            part.put(&tick);
        }
        self.flags = 0;
        self.highest_ns = self.highest_ns.max(tick.timestamp_ns);
        self.next_sequence = sequence.wrapping_add(1);
        Ok(sequence)
    }

    /// Afterwards there is a part with room, of the day of `timestamp_ns` or a later one.
    #[cold]
    fn make_room(&mut self, timestamp_ns: u64, sequence: u32) -> Result<(), TickError> {
        if let Some(part) = &mut self.part
            && timestamp_ns < self.day_end_ns
            && !part.is_full()
        {
            return part.reserve();
        }
        let number = self.next_part.ok_or_else(|| TickError::NoMoreParts {
            path: part_path(&self.folder, self.symbol_id, u32::MAX),
        })?;
        // Its pages have had a whole part's time to go to disk.
        if let Some(before) = &mut self.ended {
            before.settle()?;
            self.ended = None;
        }
        if let Some(part) = &mut self.part {
            part.end()?;
        }
        let header = PartHeader::new(self.symbol_id, number, sequence, self.highest_ns);
        let part = Part::create(&self.folder, header, self.rotation)?;
        self.ended = self.part.replace(part);
        self.next_part = number.checked_add(1);
        self.day_end_ns = self.rotation.day_end_ns(timestamp_ns.max(self.highest_ns));
        Ok(())
    }
}
