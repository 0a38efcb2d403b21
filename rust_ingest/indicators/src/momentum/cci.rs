//! The commodity channel index.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{ratio, typical};
use crate::parts::Sum;

/// The typical price less its mean, by 0.015 of the mean deviation from that; 0 where there is none.
pub struct Cci {
    count: f64,
    sum: Sum,
}

memory!(Cci { sum });

impl Cci {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            count: timeperiod as f64,
            sum: Sum::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for Cci {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let price = typical(high, low, close);
        let mean = self.sum.mean(price)?;
        let mut deviation = 0.0;
        for value in self.sum.window().pieces().into_iter().flatten() {
            deviation += (value - mean).abs();
        }
        Some([ratio(price - mean, 0.015 * (deviation / self.count), 0.0)])
    }
}
