//! What one symbol is traded by.

use thiserror::Error;

/// Prices and quantities in the units that the engine's user chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Prices are multiples of it.
    pub tick_size: i64,
    /// Quantities are multiples of it.
    pub lot_size: i64,
    /// Lowest limit price taken, 0 without one.
    pub band_low: i64,
    /// Highest limit price taken, 0 without one.
    pub band_high: i64,
    /// Price of the last trade before, 0 without one.
    pub last_price: i64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            tick_size: 1,
            lot_size: 1,
            band_low: 0,
            band_high: 0,
            last_price: 0,
        }
    }
}

/// Why rules are not ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadRules {
    #[error("tick_size is {0}: give a positive one")]
    TickSize(i64),
    #[error("lot_size is {0}: give a positive one")]
    LotSize(i64),
    #[error("the price bands are {low} to {high}: give the lowest first, 0 for none")]
    Bands { low: i64, high: i64 },
    #[error("last_price {last_price} is not a multiple of tick_size {tick_size}: give a traded price, 0 for none")]
    LastPrice { last_price: i64, tick_size: i64 },
}

impl Rules {
    /// The bands, if all rules are ones.
    pub(super) fn check(&self) -> Result<Bands, BadRules> {
        let Self {
            tick_size,
            lot_size,
            band_low: low,
            band_high: high,
            last_price,
        } = *self;
        if tick_size < 1 {
            return Err(BadRules::TickSize(tick_size));
        }
        if lot_size < 1 {
            return Err(BadRules::LotSize(lot_size));
        }
        let bands = Bands::new(low, high).ok_or(BadRules::Bands { low, high })?;
        if last_price < 0 || last_price % tick_size != 0 {
            return Err(BadRules::LastPrice { last_price, tick_size });
        }
        Ok(bands)
    }
}

/// The lowest and the highest price at which orders are taken; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bands {
    pub(super) low: i64,
    pub(super) high: i64,
}

impl Bands {
    /// None if no price could be between them.
    pub(super) fn new(low: i64, high: i64) -> Option<Self> {
        (low >= 0 && high >= 0 && (high == 0 || low <= high)).then_some(Self { low, high })
    }

    #[inline]
    pub(super) fn contain(&self, price: i64) -> bool {
        price >= self.low && (self.high == 0 || price <= self.high)
    }
}
