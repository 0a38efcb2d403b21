//! The triangular moving average.

use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::parts::Sum;

/// A mean over half the window of means over the other half: weights rise to the middle and fall again.
pub struct Trima {
    inner: Sum,
    outer: Sum,
}

memory!(Trima { inner, outer });

impl Trima {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            inner: Sum::of(timeperiod / 2 + 1),
            outer: Sum::of(timeperiod.div_ceil(2)),
        }
    }
}

impl Single for Trima {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let mean = self.inner.mean(close)?;
        self.outer.mean(mean)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let mut means = [0.0; BLOCK];
        let cold = self.inner.means(values, &mut means);
        cold + self.outer.means(&means[cold..values.len()], &mut out[cold..])
    }
}
