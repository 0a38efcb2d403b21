//! The exponential moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Average;

/// `average * (1 - weight) + value * weight` with a weight of `2 / (n + 1)`, begun by the mean of the first n values.
pub struct Ema {
    average: Average,
}

memory!(Ema { average });

impl Ema {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            average: exponential(timeperiod),
        }
    }
}

impl Single for Ema {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.average.next(close)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.average.column(values, out)
    }
}

/// What others are made of.
pub(crate) fn exponential(timeperiod: usize) -> Average {
    let weight = 2.0 / (timeperiod as f64 + 1.0);
    Average::of(timeperiod, 1.0 - weight, weight)
}
