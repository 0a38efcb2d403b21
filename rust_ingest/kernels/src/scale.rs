//! The two exponents of an instrument, fixed for the life of the log.

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// Exponents beyond this are no instrument's; below it every power of ten is exact as a float.
pub(crate) const EXPONENT_MAX: i32 = 18;

/// Powers of ten from 0 to 22: all that a double holds exactly.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Prices count 10^price_exponent, quantities 10^quantity_exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scale {
    pub price_exponent: i32,
    pub quantity_exponent: i32,
}

impl Scale {
    pub fn new(price_exponent: i32, quantity_exponent: i32) -> Self {
        Self {
            price_exponent,
            quantity_exponent,
        }
    }

    /// # Errors
    /// `bad_value` for an exponent outside -18..=18.
    pub fn is_possible(self) -> Result<(), Refusal> {
        for (field, exponent) in [
            ("price_exponent", self.price_exponent),
            ("quantity_exponent", self.quantity_exponent),
        ] {
            if !(-EXPONENT_MAX..=EXPONENT_MAX).contains(&exponent) {
                return Err(Refusal::bad_value(field, exponent, "is not between -18 and 18"));
            }
        }
        Ok(())
    }

    /// # Errors
    /// `scale_changed` unless a record of the instrument has these very exponents.
    #[inline]
    pub fn holds_for(self, record: Self, venue: &str, instrument: &str) -> Result<(), Refusal> {
        if self == record {
            return Ok(());
        }
        Err(Refusal::ScaleChanged {
            venue: venue.to_owned(),
            instrument: instrument.to_owned(),
            price_exponent: record.price_exponent,
            quantity_exponent: record.quantity_exponent,
            known_price_exponent: self.price_exponent,
            known_quantity_exponent: self.quantity_exponent,
        })
    }

    /// The exponent of price x quantity.
    pub fn notional_exponent(self) -> i32 {
        self.price_exponent + self.quantity_exponent
    }

    /// A price in units of the quote currency: one correctly rounded operation, as the power of ten is exact.
    pub fn price(self, units: i64) -> f64 {
        self.price_of(units as f64)
    }

    /// The same of a price that is no whole number of units.
    pub(crate) fn price_of(self, units: f64) -> f64 {
        scaled(units, self.price_exponent)
    }

    /// Quantity units per price unit in the base per unit of the quote currency: two rounded operations.
    pub(crate) fn slope(self, units: f64) -> f64 {
        scaled(scaled(units, self.quantity_exponent), -self.price_exponent)
    }

    /// A quantity in units of the base.
    pub(crate) fn quantity(self, units: i128) -> f64 {
        scaled(units as f64, self.quantity_exponent)
    }
}

fn scaled(units: f64, exponent: i32) -> f64 {
    let power = POWERS_OF_TEN[exponent.unsigned_abs() as usize];
    match exponent < 0 {
        true => units / power,
        false => units * power,
    }
}
