//! The zero-lag exponential moving average.

use super::ema::exponential;
use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::parts::{Average, Window};

/// The exponential average of `2 * close - close (n - 1) / 2 rows ago`.
pub struct Zlema {
    /// One longer than the lag, which may be 0: the oldest is then the value itself.
    window: Window,
    average: Average,
}

memory!(Zlema { window, average });

impl Zlema {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of((timeperiod - 1) / 2 + 1),
            average: exponential(timeperiod),
        }
    }
}

impl Single for Zlema {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.window.push(close);
        if !self.window.is_full() {
            return None;
        }
        self.average.next(2.0 * close - self.window.oldest())
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let mut ahead = [0.0; BLOCK];
        let ahead = &mut ahead[..values.len()];
        let cold = self.window.oldest_column(values, ahead);
        for (place, close) in ahead.iter_mut().zip(values) {
            *place = 2.0 * close - *place;
        }
        cold + self.average.column(&ahead[cold..], &mut out[cold..])
    }
}
