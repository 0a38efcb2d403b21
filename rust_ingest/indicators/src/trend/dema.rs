//! The double exponential moving average.

use super::ema::exponential;
use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Cascade;

/// `2 * ema - ema(ema)`.
pub struct Dema {
    averages: Cascade<2>,
}

memory!(Dema { averages });

impl Dema {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            averages: Cascade::of(|| exponential(timeperiod)),
        }
    }
}

impl Single for Dema {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.averages.push(close).as_ref().map(double)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.averages.column(values, out, double)
    }
}

#[inline]
fn double([first, second]: &[f64; 2]) -> f64 {
    2.0 * first - second
}
