//! The bits of a tick's `flags`.

/// A value did not fit its field, and the nearest that does stands there.
pub const SATURATED: u8 = 1;
/// Bid above ask, by the prices as they came, before they were rounded to 32 bits.
pub const CROSSED: u8 = 2;
/// Bid equal to ask, by the prices as they came.
pub const LOCKED: u8 = 4;
/// Earlier than a tick before it of the same symbol, or numbered before it by its source.
pub const OUT_OF_ORDER: u8 = 8;
/// The source is known to have sent more between the tick before and this one.
pub const GAP_BEFORE: u8 = 16;
/// One of the prices is missing: it is NaN, and the spread 0.
pub const ONE_SIDED: u8 = 32;
/// The first tick of a writer that found earlier ones: what came while none ran is not here.
pub const RESUMED: u8 = 64;
