//! Highest and lowest.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::{Highest, Lowest};

/// The highest value.
pub struct Max {
    highest: Highest,
}

memory!(Max { highest });

impl Max {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            highest: Highest::of(timeperiod),
        }
    }
}

impl Single for Max {
    #[inline]
    fn next(&mut self, real: f64) -> Option<f64> {
        self.highest.push(real)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.highest.column(values, out)
    }
}

/// The lowest value.
pub struct Min {
    lowest: Lowest,
}

memory!(Min { lowest });

impl Min {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            lowest: Lowest::of(timeperiod),
        }
    }
}

impl Single for Min {
    #[inline]
    fn next(&mut self, real: f64) -> Option<f64> {
        self.lowest.push(real)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.lowest.column(values, out)
    }
}
