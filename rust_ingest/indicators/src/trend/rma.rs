//! Wilder's moving average.

use crate::indicator::{Single, by_rows};
use crate::memory::memory;
use crate::parts::{Count, Leap};

/// `average * (n - 1) / n + value / n`, begun by the mean of the first n values.
pub struct Rma {
    keep: f64,
    share: f64,
    count: Count,
    /// Of the values before there are enough.
    sum: f64,
    average: Leap,
}

memory!(Rma { count, sum, average });

impl Rma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        let count = timeperiod as f64;
        Self {
            keep: (count - 1.0) / count,
            share: 1.0 / count,
            count: Count::to(timeperiod),
            sum: 0.0,
            average: Leap::from(0.0),
        }
    }
}

impl Single for Rma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        if self.count.is_done() {
            return Some(self.average.step([self.keep, close * self.share]));
        }
        self.sum += close;
        self.count.add();
        if !self.count.is_done() {
            return None;
        }
        let mean = self.sum / self.count.needed();
        self.average = Leap::from(mean);
        Some(mean)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let begun = values.len().min(self.count.missing());
        let cold = by_rows(&values[..begun], out, |value| self.next(value));
        let (keep, share) = (self.keep, self.share);
        let row = |[value]: [f64; 1]| [keep, value * share];
        self.average
            .column([&values[begun..]], &mut out[begun..values.len()], row);
        cold
    }
}
