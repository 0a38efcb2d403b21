//! The simple moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Sum;

/// The mean of the newest values.
pub struct Sma {
    sum: Sum,
}

memory!(Sma { sum });

impl Sma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            sum: Sum::of(timeperiod),
        }
    }
}

impl Single for Sma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.sum.mean(close)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.sum.means(values, out)
    }
}
