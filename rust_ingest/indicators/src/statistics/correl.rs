//! How two series go together.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Last, Pairs};

/// The correlation of both; 0 where one of them does not move.
pub struct Correl {
    pairs: Pairs,
}

memory!(Correl { pairs });

impl Correl {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            pairs: Pairs::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Correl {
    #[inline]
    fn update(&mut self, [real0, real1]: [f64; 2]) -> Option<[f64; 1]> {
        self.pairs.push(real0, real1).map(|found| [found.correlation()])
    }
}

/// The slope of the second's changes, as parts, on the first's; 0 where the first does not move.
pub struct Beta {
    last0: Last,
    last1: Last,
    pairs: Pairs,
}

memory!(Beta { last0, last1, pairs });

impl Beta {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            last0: Last::none(),
            last1: Last::none(),
            pairs: Pairs::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Beta {
    #[inline]
    fn update(&mut self, [real0, real1]: [f64; 2]) -> Option<[f64; 1]> {
        let (last0, last1) = self.last0.push(real0).zip(self.last1.push(real1))?;
        let found = self.pairs.push((real0 - last0) / last0, (real1 - last1) / last1)?;
        Some([ratio(found.product, found.first, 0.0)])
    }
}
