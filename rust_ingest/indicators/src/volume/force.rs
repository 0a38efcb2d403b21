//! Moves and the volume behind them.

use crate::indicator::{Indicator, Single};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Last, Sum};
use crate::trend::Ema;

/// The exponential average of the close's change times the volume.
pub struct Force {
    close: Last,
    average: Ema,
}

memory!(Force { close, average });

impl Force {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            close: Last::none(),
            average: Ema::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Force {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        let last = self.close.push(close)?;
        self.average.next((close - last) * volume).map(|force| [force])
    }
}

/// The mean of the move of the bar's middle by the volume for a range of 1, in units of `divisor`; 0 for a row without volume.
pub struct Eom {
    divisor: f64,
    middle: Last,
    mean: Sum,
}

memory!(Eom { middle, mean });

impl Eom {
    pub(crate) fn of(timeperiod: usize, divisor: f64) -> Self {
        Self {
            divisor,
            middle: Last::none(),
            mean: Sum::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for Eom {
    #[inline]
    fn update(&mut self, [high, low, volume]: [f64; 3]) -> Option<[f64; 1]> {
        let middle = (high + low) / 2.0;
        let last = self.middle.push(middle)?;
        let ease = ratio((middle - last) * (high - low) * self.divisor, volume, 0.0);
        self.mean.mean(ease).map(|mean| [mean])
    }
}
