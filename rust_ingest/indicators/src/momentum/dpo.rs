//! The detrended price oscillator.

use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::parts::{Sum, Window};

/// The close of n / 2 + 1 rows ago less the mean of the window now: nothing of the future is used.
pub struct Dpo {
    window: Window,
    mean: Sum,
}

memory!(Dpo { window, mean });

impl Dpo {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod / 2 + 1),
            mean: Sum::of(timeperiod),
        }
    }
}

impl Single for Dpo {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let before = self.window.push(close);
        let mean = self.mean.mean(close)?;
        Some(before? - mean)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let mut lags = [0.0; BLOCK];
        let lags = &mut lags[..values.len()];
        let cold = self.window.lagged(values, lags).max(self.mean.means(values, out));
        for (place, before) in out.iter_mut().zip(lags) {
            *place = *before - *place;
        }
        cold
    }
}
