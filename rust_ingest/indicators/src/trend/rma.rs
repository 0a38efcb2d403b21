//! Wilder's moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Average;

/// `average * (n - 1) / n + value / n`, begun by the mean of the first n values.
pub struct Rma {
    average: Average,
}

memory!(Rma { average });

impl Rma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        let count = timeperiod as f64;
        Self {
            average: Average::of(timeperiod, (count - 1.0) / count, 1.0 / count),
        }
    }
}

impl Single for Rma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.average.next(close)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.average.column(values, out)
    }
}
