//! The ultimate oscillator.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{lower, ratio, true_range};
use crate::parts::{Last, Sum};

/// Buying pressure by true range over three windows, weighted 4, 2 and 1; 0 for a window in which nothing moved.
pub struct Ultosc {
    close: Last,
    pressures: [Sum; 3],
    ranges: [Sum; 3],
}

memory!(Ultosc {
    close,
    pressures,
    ranges
});

impl Ultosc {
    pub(crate) fn of(timeperiod1: usize, timeperiod2: usize, timeperiod3: usize) -> Self {
        Self {
            close: Last::none(),
            pressures: [timeperiod1, timeperiod2, timeperiod3].map(Sum::of),
            ranges: [timeperiod1, timeperiod2, timeperiod3].map(Sum::of),
        }
    }
}

impl Indicator<3, 1> for Ultosc {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let last = self.close.push(close)?;
        let (pressure, moved) = (close - lower(low, last), true_range(high, low, last));
        let [first, second, third] = self.pressures.each_mut().map(|one| one.push(pressure));
        let [first_range, second_range, third_range] = self.ranges.each_mut().map(|one| one.push(moved));
        let mut total = 0.0;
        total += 4.0 * ratio(first?, first_range?, 0.0);
        total += 2.0 * ratio(second?, second_range?, 0.0);
        total += 1.0 * ratio(third?, third_range?, 0.0);
        Some([100.0 * (total / 7.0)])
    }
}
