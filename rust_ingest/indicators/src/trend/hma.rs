//! The Hull moving average.

use super::wma::Wma;
use crate::indicator::{BLOCK, Single};
use crate::memory::memory;

/// A weighted average over the root of n of `2 * wma(n / 2) - wma(n)`.
pub struct Hma {
    half: Wma,
    whole: Wma,
    smooth: Wma,
}

memory!(Hma { half, whole, smooth });

impl Hma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            half: Wma::of(timeperiod / 2),
            whole: Wma::of(timeperiod),
            smooth: Wma::of(timeperiod.isqrt()),
        }
    }
}

impl Single for Hma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let half = self.half.next(close);
        let whole = self.whole.next(close)?;
        self.smooth.next(2.0 * half? - whole)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let (mut half, mut whole) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (half, whole) = (&mut half[..values.len()], &mut whole[..values.len()]);
        self.half.column(values, half);
        let cold = self.whole.column(values, whole);
        for (half, whole) in half.iter_mut().zip(whole) {
            *half = 2.0 * *half - *whole;
        }
        cold + self.smooth.column(&half[cold..], &mut out[cold..])
    }
}
