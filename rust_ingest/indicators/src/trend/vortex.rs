//! The vortex indicator.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{ratio, true_range};
use crate::parts::{Last, Sum};

/// The ways from the last low to the high, and from the last high to the low, by the true range, over n rows.
pub struct Vortex {
    high: Last,
    low: Last,
    close: Last,
    plus: Sum,
    minus: Sum,
    range: Sum,
}

memory!(Vortex {
    high,
    low,
    close,
    plus,
    minus,
    range,
});

impl Vortex {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            high: Last::none(),
            low: Last::none(),
            close: Last::none(),
            plus: Sum::of(timeperiod),
            minus: Sum::of(timeperiod),
            range: Sum::of(timeperiod),
        }
    }
}

impl Indicator<3, 2> for Vortex {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 2]> {
        let last_row = self.high.push(high).zip(self.low.push(low));
        let ((last_high, last_low), last_close) = last_row.zip(self.close.push(close))?;
        let plus = self.plus.push((high - last_low).abs());
        let minus = self.minus.push((low - last_high).abs());
        let moved = self.range.push(true_range(high, low, last_close))?;
        Some([ratio(plus?, moved, 0.0), ratio(minus?, moved, 0.0)])
    }
}
