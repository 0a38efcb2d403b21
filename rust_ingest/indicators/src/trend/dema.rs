//! The double exponential moving average.

use super::ema::Ema;
use crate::indicator::Single;
use crate::memory::memory;

/// `2 * ema - ema(ema)`.
pub struct Dema {
    first: Ema,
    second: Ema,
}

memory!(Dema { first, second });

impl Dema {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            first: Ema::of(timeperiod),
            second: Ema::of(timeperiod),
        }
    }
}

impl Single for Dema {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let first = self.first.next(close)?;
        let second = self.second.next(first)?;
        Some(2.0 * first - second)
    }
}
