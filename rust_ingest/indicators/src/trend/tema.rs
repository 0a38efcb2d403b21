//! The triple exponential moving average.

use super::ema::Ema;
use crate::indicator::Single;
use crate::memory::memory;

/// `3 * ema - 3 * ema(ema) + ema(ema(ema))`.
pub struct Tema {
    first: Ema,
    second: Ema,
    third: Ema,
}

memory!(Tema { first, second, third });

impl Tema {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            first: Ema::of(timeperiod),
            second: Ema::of(timeperiod),
            third: Ema::of(timeperiod),
        }
    }
}

impl Single for Tema {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let first = self.first.next(close)?;
        let second = self.second.next(first)?;
        let third = self.third.next(second)?;
        Some(3.0 * first - 3.0 * second + third)
    }
}
