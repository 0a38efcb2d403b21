//! The exponential moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::rested;

/// `average + (value - average) * 2 / (n + 1)`, begun by the mean of the first n values.
pub struct Ema {
    timeperiod: usize,
    weight: f64,
    count: usize,
    /// The sum of the values before there are enough.
    average: f64,
}

memory!(Ema { count, average });

impl Ema {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            timeperiod,
            weight: 2.0 / (timeperiod as f64 + 1.0),
            count: 0,
            average: 0.0,
        }
    }
}

impl Single for Ema {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        if self.count == self.timeperiod {
            self.average = rested(self.average + (close - self.average) * self.weight);
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
