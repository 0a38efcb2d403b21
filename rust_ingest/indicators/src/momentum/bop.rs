//! The balance of power.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::ratio;

/// The body of the bar by its range; 0 where it has none.
pub struct Bop;

memory!(Bop {});

impl Bop {
    pub(crate) fn of() -> Self {
        Self
    }
}

impl Indicator<4, 1> for Bop {
    #[inline]
    fn update(&mut self, [open, high, low, close]: [f64; 4]) -> Option<[f64; 1]> {
        Some([ratio(close - open, high - low, 0.0)])
    }

    #[inline(always)]
    fn block(self, [open, high, low, close]: [&[f64]; 4], [out]: [&mut [f64]; 1]) -> Self {
        for ((((place, open), high), low), close) in out.iter_mut().zip(open).zip(high).zip(low).zip(close) {
            *place = ratio(close - open, high - low, 0.0);
        }
        self
    }
}
