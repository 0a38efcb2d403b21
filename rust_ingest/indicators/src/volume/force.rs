//! Moves and the volume behind them.

use crate::indicator::{BLOCK, Indicator, Single, chill};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Average, Last, Sum};
use crate::trend::exponential;

/// The exponential average of the close's change times the volume.
pub struct Force {
    close: Last,
    average: Average,
}

memory!(Force { close, average });

impl Force {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            close: Last::none(),
            average: exponential(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Force {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        let last = self.close.push(close)?;
        self.average.next((close - last) * volume).map(|force| [force])
    }

    #[inline(always)]
    fn block(mut self, [close, volume]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let mut forces = [0.0; BLOCK];
        let forces = &mut forces[..out.len()];
        let first = self.close.lagged(close, forces);
        for ((place, close), volume) in forces.iter_mut().zip(close).zip(volume) {
            *place = (close - *place) * volume;
        }
        let cold = first + self.average.column(&forces[first..], &mut out[first..]);
        chill([out], cold);
        self
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
