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
    /// Whence it came: see [`source`].
    pub source: u8,
    /// Bits as in [`SATURATED`](super::SATURATED) and its neighbours.
    pub flags: u8,
    /// |ask - bid| in tenths of a basis point of their mean, by [`spread`](super::spread).
    pub spread: u16,
    /// Counts the symbol's ticks through all its files; wraps to 0.
    pub sequence: u32,
}

/// Where a tick came from.
pub mod source {
    pub const TRUEFX: u8 = 1;
    pub const OANDA: u8 = 2;
    pub const IB: u8 = 3;
    pub const BINANCE: u8 = 16;
    pub const BINANCE_USDM: u8 = 17;
    pub const BINANCE_COINM: u8 = 18;
    pub const COINBASE: u8 = 19;
    pub const KRAKEN: u8 = 20;
    pub const OKX: u8 = 21;

    /// By the name that a venue has in records; 0 for another.
    pub fn of_venue(venue: &str) -> u8 {
        match venue {
            "truefx" => TRUEFX,
            "oanda" | "oanda_practice" => OANDA,
            "binance" => BINANCE,
            "binance_usdm" => BINANCE_USDM,
            "binance_coinm" => BINANCE_COINM,
            "coinbase" | "coinbase_advanced" => COINBASE,
            "kraken" => KRAKEN,
            "okx" | "okx_demo" => OKX,
            _ => 0,
        }
    }
}

const _: () = assert!(TICK_BYTES == 32 && std::mem::align_of::<Tick>() == 8);
