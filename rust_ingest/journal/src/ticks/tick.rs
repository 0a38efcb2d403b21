//! The 32 bytes of a tick.

use bytemuck::{Pod, Zeroable};

#[cfg(not(target_endian = "little"))]
compile_error!("tick files are mapped as they are, and they are little endian");

/// Bytes of a [`Tick`].
pub const TICK_BYTES: usize = size_of::<Tick>();

/// Best bid and ask of one symbol at one time, as they stand in a file.
///
/// Prices are `f32`, near enough for a look at the market and not for money: money stays in the log's integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
#[repr(C)]
pub struct Tick {
    /// Nanoseconds since 1970, UTC, by the source's clock; never 0 in a file, where 0 means not written yet.
    pub timestamp_ns: u64,
    /// The symbol's id in `symbols.jsonl`.
    pub symbol_id: u32,
    /// Best bid; NaN if there is none.
    pub bid: f32,
    /// Best ask; NaN if there is none.
    pub ask: f32,
    /// What the source says of the size, in the symbol's base; 0 if it says nothing.
    pub volume: f32,
    /// Whence it came: 1 TrueFX, 2 OANDA, 3 Interactive Brokers; from 16 on the number that a venue's dialect has (`tick_source`).
    pub source: u8,
    /// Bits as in [`SATURATED`](super::SATURATED) and its neighbours.
    pub flags: u8,
    /// |ask - bid| in tenths of a basis point of their mean, by [`spread`](super::spread).
    pub spread: u16,
    /// Counts the symbol's ticks through all its files; wraps to 0.
    pub sequence: u32,
}

const _: () = assert!(TICK_BYTES == 32 && std::mem::align_of::<Tick>() == 8);
