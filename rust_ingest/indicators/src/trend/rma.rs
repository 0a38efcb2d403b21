//! Wilder's moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::rested;

/// `(average * (n - 1) + value) / n`, begun by the mean of the first n values.
pub struct Rma {
    timeperiod: usize,
    count: usize,
    /// The sum of the values before there are enough.
    average: f64,
}

memory!(Rma { count, average });

impl Rma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            timeperiod,
            count: 0,
            average: 0.0,
        }
    }
}

impl Single for Rma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let length = self.timeperiod as f64;
        if self.count == self.timeperiod {
            self.average = rested((self.average * (length - 1.0) + close) / length);
            return Some(self.average);
        }
        self.count += 1;
        self.average += close;
        if self.count < self.timeperiod {
            return None;
        }
        self.average /= length;
        Some(self.average)
    }
}
