//! The highest and the lowest of the newest rows.

use super::extremes::{Highest, Lowest};
use crate::memory::memory;

/// The highest of one series and the lowest of another, over a window.
pub(crate) struct Channel {
    highest: Highest,
    lowest: Lowest,
}

memory!(Channel { highest, lowest });

impl Channel {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            highest: Highest::of(length),
            lowest: Lowest::of(length),
        }
    }

    /// Takes a row; highest and lowest once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, high: f64, low: f64) -> Option<(f64, f64)> {
        self.highest.push(high).zip(self.lowest.push(low))
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    pub(crate) fn columns(&mut self, high: &[f64], low: &[f64], highest: &mut [f64], lowest: &mut [f64]) -> usize {
        self.highest.column(high, highest);
        self.lowest.column(low, lowest)
    }
}
