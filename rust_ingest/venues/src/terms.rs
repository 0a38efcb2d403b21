//! Terms of trading, in words that all venues share.

use serde::{Deserialize, Serialize};

use crate::fixed::{FixedError, Scale};

/// What is traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Class {
    Spot,
    Perpetual,
    /// A future with a delivery date.
    Dated,
}

/// Terms in units of the instrument's own exponents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The venue's own name: `BTCUSDT`.
    pub symbol: String,
    /// The normalised instrument: `BTC-USDT`, `BTC-USDT-PERP`, `BTC-USDT-250328`.
    pub instrument: String,
    pub base: String,
    pub quote: String,
    pub class: Class,
    pub tick_size: i64,
    pub lot_size: i64,
    pub min_quantity: i64,
    pub max_quantity: i64,
    /// In units of `10^(price exponent + quantity exponent)`.
    pub min_notional: i128,
}

/// A sum of the quote currency that is counted in units of `price`, in units of
/// `10^(price exponent + quantity exponent)`.
pub(crate) fn notional(units: i64, price: Scale, quantity: Scale) -> Result<i128, FixedError> {
    let exponent = quantity.exponent();
    let power = 10_i128.pow(u32::from(exponent.unsigned_abs()));
    let units = i128::from(units);
    if exponent <= 0 {
        return Ok(units * power);
    }
    match units % power {
        0 => Ok(units / power),
        _ => Err(FixedError::TooFine {
            exponent: price.exponent() + exponent,
        }),
    }
}
