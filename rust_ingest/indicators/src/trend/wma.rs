//! The linearly weighted moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Line;

/// Weights n for the newest value to 1 for the oldest.
pub struct Wma {
    line: Line,
    weights: f64,
}

memory!(Wma { line });

impl Wma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        let count = timeperiod as f64;
        Self {
            line: Line::of(timeperiod),
            weights: count * (count + 1.0) / 2.0,
        }
    }
}

impl Single for Wma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let full = self.line.push(close);
        full.then(|| self.line.center + self.line.weighted / self.weights)
    }
}
