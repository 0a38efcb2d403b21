//! Middles between extremes.

use super::ichimoku::Middle;
use crate::indicator::{Indicator, Single};
use crate::memory::memory;

/// The middle between the highest and the lowest value.
pub struct Midpoint {
    middle: Middle,
}

memory!(Midpoint { middle });

impl Midpoint {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            middle: Middle::of(timeperiod),
        }
    }
}

impl Single for Midpoint {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.middle.push(close, close)
    }
}

/// The middle between the highest high and the lowest low.
pub struct Midprice {
    middle: Middle,
}

memory!(Midprice { middle });

impl Midprice {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            middle: Middle::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Midprice {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 1]> {
        self.middle.push(high, low).map(|middle| [middle])
    }
}
