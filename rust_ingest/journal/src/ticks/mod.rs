//! Tick files: 32 bytes a tick, one series of files for each symbol, read by others while they grow.
//!
//! A folder holds `symbols.jsonl`, one line for each symbol (`{"id":7,"name":"BTC-USDT","venue":"binance"}`, only ever
//! appended to), and the parts `<symbol id>.<part, 8 digits>.ticks`. A part is a [header](PartHeader) of 64 bytes and
//! [ticks](Tick) of 32; all numbers are little endian.
//!
//! - **Header.** 64 bytes are two ticks and one cache line, so that ticks stay aligned for whoever maps the file, and no
//!   tick lies across a disk sector. It says whose file this is, which no tick could before the first is written.
//! - **Commit mark.** Space ahead of the writer reads as zeros, and a tick's `timestamp_ns` is never zero and is stored
//!   last, with release order: the first zero timestamp is the end. A count in the header would cost every append a second
//!   cache line that readers pull away, and after a power cut could name ticks that never reached the disk.
//! - **Ends.** A reader takes whole ticks up to the first uncommitted one, wherever the file was cut. The header's `settled`
//!   count, of ticks known to be on disk, only saves looking through those.
//! - **Room.** The writer reserves disk in steps before it touches memory: a full disk is [`TickError::NoRoom`] with
//!   everything before it readable and the tick still the caller's, never a SIGBUS. (This holds where the file system
//!   keeps reservations: ext4, XFS, tmpfs; copy-on-write ones may break it.)
//! - **Rotation.** By size, and when the first tick of a later UTC day comes (or by size alone). A part is cut to its last
//!   tick before the next is made, and a part appears under its name with its header complete: when a later part is
//!   there, the one before has ended. A writer that starts again begins a new part.
//! - **Sequence.** Counts a symbol's ticks through all parts, and wraps from 2^32 - 1 to 0: the step between two ticks is
//!   taken modulo 2^32, as a signed number.

mod error;
mod flags;
mod folder;
mod header;
mod part;
mod part_name;
mod quote;
mod reader;
mod recovery;
mod retention;
mod rotation;
mod spread;
mod symbols;
mod tick;
mod writer;

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod recording_tests;
#[cfg(test)]
mod tail_tests;
#[cfg(test)]
mod writer_tests;

pub use error::TickError;
pub use folder::TickFolder;
pub use header::{HEADER_BYTES, PartHeader};
pub use part_name::{part_path, parts_of};
pub use quote::Quote;
pub use reader::TickReader;
pub use recovery::Resumed;
pub use rotation::Rotation;
pub use spread::{spread, spread_of_floats};
pub use symbols::{Symbol, SymbolTable};
pub use tick::{TICK_BYTES, Tick};
pub use writer::TickWriter;

pub use flags::{CROSSED, GAP_BEFORE, LOCKED, ONE_SIDED, OUT_OF_ORDER, RESUMED, SATURATED};
