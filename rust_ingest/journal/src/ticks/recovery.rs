//! Where a part's ticks end, however its writer did.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{HEADER_BYTES, PartHeader, TICK_BYTES, Tick, TickError, TickReader, part_path};

/// How many ticks are looked at together.
const CHUNK: usize = 2_048;

/// What a writer found of its symbol when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// The last part that was there. The writer begins the next.
    pub part: u32,
    /// Ticks in that part.
    pub ticks: u64,
    /// Ticks behind a hole in that part, which a power cut leaves where pages reached the disk out of turn. They are left
    /// in the file, and no reader takes them.
    pub stranded: u64,
    pub(super) next_sequence: u32,
    pub(super) highest_ns: u64,
}

/// Looks at a symbol's last part, and gives back the room that its writer had reserved and not used.
pub(super) fn resume(folder: &Path, symbol_id: u32, part: u32) -> Result<Resumed, TickError> {
    let path = part_path(folder, symbol_id, part);
    let failed = |source| TickError::Io {
        doing: "recovering",
        path: path.clone(),
        source,
    };
    let reader = TickReader::open(&path)?;
    let (header, ticks) = (reader.header(), reader.ticks());
    let file = File::options().read(true).write(true).open(&path).map_err(failed)?;
    let stranded = stranded(&file, ticks.len()).map_err(failed)?;
    if stranded == 0 {
        file.set_len((HEADER_BYTES + ticks.len() * TICK_BYTES) as u64)
            .map_err(failed)?;
    }
    Ok(Resumed {
        part,
        ticks: ticks.len() as u64,
        stranded,
        next_sequence: ticks
            .last()
            .map_or(header.first_sequence, |last| last.sequence.wrapping_add(1)),
        highest_ns: ticks
            .iter()
            .map(|tick| tick.timestamp_ns)
            .max()
            .unwrap_or(0)
            .max(header.highest_before_ns),
    })
}

/// How many ticks of a file are whole and committed: those up to the first zero timestamp. The first `known` are.
pub(super) fn committed(file: &File, header: &PartHeader, known: usize) -> io::Result<usize> {
    let whole = whole_ticks(file)?;
    let settled = usize::try_from(header.settled).unwrap_or(usize::MAX);
    let mut found = known.max(settled).min(whole);
    let mut chunk = vec![Tick::default(); CHUNK.min(whole - found)];
    while found < whole {
        let now = chunk.len().min(whole - found);
        let read = read_ticks(file, found, &mut chunk[..now])?;
        match chunk[..read].iter().position(|tick| tick.timestamp_ns == 0) {
            Some(end) => return Ok(found + end),
            // The writer has cut the file since.
            None if read < now => return Ok(found + read),
            None => found += read,
        }
    }
    Ok(found)
}

fn stranded(file: &File, from: usize) -> io::Result<u64> {
    let whole = whole_ticks(file)?;
    let mut chunk = vec![Tick::default(); CHUNK];
    let mut stranded = 0;
    let mut at = from;
    while at < whole {
        let now = CHUNK.min(whole - at);
        let read = read_ticks(file, at, &mut chunk[..now])?;
        stranded += chunk[..read].iter().filter(|tick| tick.timestamp_ns != 0).count() as u64;
        if read < now {
            break;
        }
        at += read;
    }
    Ok(stranded)
}

fn whole_ticks(file: &File) -> io::Result<usize> {
    Ok((file.metadata()?.len() as usize).saturating_sub(HEADER_BYTES) / TICK_BYTES)
}

/// Reads by the file, not by a mapping: a file that is cut meanwhile ends the read, and no SIGBUS the process.
fn read_ticks(file: &File, at: usize, into: &mut [Tick]) -> io::Result<usize> {
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(into);
    let offset = (HEADER_BYTES + at * TICK_BYTES) as u64;
    let mut read = 0;
    while read < bytes.len() {
        match file.read_at(&mut bytes[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read / TICK_BYTES)
}
