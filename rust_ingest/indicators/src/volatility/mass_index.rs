//! The mass index.

use crate::indicator::{Indicator, Single};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::Sum;
use crate::trend::Ema;

/// The sum of the bar's range, averaged, by that average's average; 1 a row where nothing moves.
pub struct MassIndex {
    single: Ema,
    double: Ema,
    sum: Sum,
}

memory!(MassIndex { single, double, sum });

impl MassIndex {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            single: Ema::of(fastperiod),
            double: Ema::of(fastperiod),
            sum: Sum::of(slowperiod),
        }
    }
}

impl Indicator<2, 1> for MassIndex {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 1]> {
        let single = self.single.next(high - low)?;
        let double = self.double.next(single)?;
        self.sum.push(ratio(single, double, 1.0)).map(|sum| [sum])
    }
}
