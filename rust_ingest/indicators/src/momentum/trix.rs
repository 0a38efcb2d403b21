//! Trix.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Last;
use crate::trend::Ema;

/// The change of a triple exponential average from row to row, in percent.
pub struct Trix {
    first: Ema,
    second: Ema,
    third: Ema,
    last: Last,
}

memory!(Trix {
    first,
    second,
    third,
    last
});

impl Trix {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            first: Ema::of(timeperiod),
            second: Ema::of(timeperiod),
            third: Ema::of(timeperiod),
            last: Last::none(),
        }
    }
}

impl Single for Trix {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let first = self.first.next(close)?;
        let second = self.second.next(first)?;
        let third = self.third.next(second)?;
        let last = self.last.push(third)?;
        Some((third / last - 1.0) * 100.0)
    }
}
