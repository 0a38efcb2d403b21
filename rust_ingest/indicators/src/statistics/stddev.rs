//! Variance and standard deviation.

use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::Moments;

/// The mean squared deviation from the mean.
pub struct Var {
    /// Of each value in the mean.
    share: f64,
    moments: Moments,
}

memory!(Var { moments });

impl Var {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            share: 1.0 / timeperiod as f64,
            moments: Moments::of(timeperiod),
        }
    }
}

impl Single for Var {
    #[inline]
    fn next(&mut self, real: f64) -> Option<f64> {
        self.moments.push(real).map(|(_, spread)| spread * self.share)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let cold = self.moments.columns(values, &mut [0.0; BLOCK], out);
        out.iter_mut().for_each(|spread| *spread *= self.share);
        cold
    }
}

/// Its root, times `nbdev`.
pub struct Stddev {
    nbdev: f64,
    var: Var,
}

memory!(Stddev { var });

impl Stddev {
    pub(crate) fn of(timeperiod: usize, nbdev: f64) -> Self {
        Self {
            nbdev,
            var: Var::of(timeperiod),
        }
    }
}

impl Single for Stddev {
    #[inline]
    fn next(&mut self, real: f64) -> Option<f64> {
        self.var.next(real).map(|var| var.sqrt() * self.nbdev)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let cold = self.var.column(values, out);
        out.iter_mut().for_each(|var| *var = var.sqrt() * self.nbdev);
        cold
    }
}

/// How many standard deviations the value is from the mean; 0 where all values are the same.
pub struct Zscore {
    count: f64,
    moments: Moments,
}

memory!(Zscore { moments });

impl Zscore {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            count: timeperiod as f64,
            moments: Moments::of(timeperiod),
        }
    }
}

impl Single for Zscore {
    #[inline]
    fn next(&mut self, real: f64) -> Option<f64> {
        let (mean, spread) = self.moments.push(real)?;
        Some(ratio(real - mean, (spread / self.count).sqrt(), 0.0))
    }
}
