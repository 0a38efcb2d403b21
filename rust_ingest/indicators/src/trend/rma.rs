//! Wilder's moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::rested;

/// `average * (n - 1) / n + value / n`, begun by the mean of the first n values.
pub struct Rma {
    timeperiod: usize,
    keep: f64,
    share: f64,
    count: usize,
    /// The sum of the values before there are enough.
    average: f64,
}

memory!(Rma { count, average });

impl Rma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            timeperiod,
            keep: (timeperiod as f64 - 1.0) / timeperiod as f64,
            share: 1.0 / timeperiod as f64,
            count: 0,
            average: 0.0,
        }
    }
}

impl Single for Rma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        if self.count == self.timeperiod {
            self.average = rested(self.average * self.keep + close * self.share);
            return Some(self.average);
        }
        self.count += 1;
        self.average += close;
        if self.count < self.timeperiod {
            return None;
        }
        self.average /= self.timeperiod as f64;
        Some(self.average)
    }
}
