//! Middles between extremes.

use super::ichimoku::Middle;
use crate::indicator::{Indicator, Single, chill};
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

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.middle.column(values, values, out)
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

    #[inline(always)]
    fn block(mut self, [high, low]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let cold = self.middle.column(high, low, out);
        chill([out], cold);
        self
    }
}
