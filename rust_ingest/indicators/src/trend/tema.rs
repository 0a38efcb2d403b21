//! The triple exponential moving average.

use super::ema::exponential;
use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Cascade;

/// `3 * ema - 3 * ema(ema) + ema(ema(ema))`.
pub struct Tema {
    averages: Cascade<3>,
}

memory!(Tema { averages });

impl Tema {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            averages: Cascade::of(|| exponential(timeperiod)),
        }
    }
}

impl Single for Tema {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.averages.push(close).as_ref().map(triple)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.averages.column(values, out, triple)
    }
}

#[inline]
fn triple([first, second, third]: &[f64; 3]) -> f64 {
    3.0 * first - 3.0 * second + third
}
