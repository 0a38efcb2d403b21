//! The linearly weighted moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::{Line, Weighted};

/// Weights n for the newest value to 1 for the oldest.
pub struct Wma {
    line: Line,
    /// One by the sum of the weights.
    share: f64,
}

memory!(Wma { line });

impl Wma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        let count = timeperiod as f64;
        Self {
            line: Line::of(timeperiod),
            share: 2.0 / (count * (count + 1.0)),
        }
    }

    #[inline]
    fn mean(&self) -> impl Fn(Weighted) -> f64 + use<> {
        let share = self.share;
        move |line| line.center + line.weighted * share
    }
}

impl Single for Wma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.line.push(close).map(self.mean())
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let mean = self.mean();
        self.line.column(values, out, mean)
    }
}
