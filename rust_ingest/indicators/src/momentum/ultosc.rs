//! The ultimate oscillator.

use crate::indicator::{BLOCK_OF_MANY, Indicator, chill};
use crate::memory::memory;
use crate::number::{lower, ratio, true_range};
use crate::parts::{Last, Sums};

/// Buying pressure by true range over three windows, weighted 4, 2 and 1; 0 for a window in which nothing moved.
pub struct Ultosc {
    close: Last,
    /// Of pressure and range, each.
    sums: [Sums<2>; 3],
}

memory!(Ultosc { close, sums });

const WEIGHTS: [f64; 3] = [4.0, 2.0, 1.0];
/// In percent, by all weights.
const SHARE: f64 = 100.0 / 7.0;

impl Ultosc {
    pub(crate) fn of(timeperiod1: usize, timeperiod2: usize, timeperiod3: usize) -> Self {
        Self {
            close: Last::none(),
            sums: [timeperiod1, timeperiod2, timeperiod3].map(Sums::of),
        }
    }
}

impl Indicator<3, 1> for Ultosc {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let last = self.close.push(close)?;
        let found = self
            .sums
            .each_mut()
            .map(|sums| sums.push(pressure(high, low, close, last)));
        let mut total = 0.0;
        for (sums, weight) in found.into_iter().zip(WEIGHTS) {
            let [pressures, ranges] = sums?;
            total += weight * ratio(pressures, ranges, 0.0);
        }
        Some([total * SHARE])
    }

    #[inline(always)]
    fn block(mut self, [high, low, close]: [&[f64]; 3], [out]: [&mut [f64]; 1]) -> Self {
        let rows = out.len();
        let (mut bought, mut moved) = ([0.0; BLOCK_OF_MANY], [0.0; BLOCK_OF_MANY]);
        let (bought, moved) = (&mut bought[..rows], &mut moved[..rows]);
        let (high, low, close) = (&high[..rows], &low[..rows], &close[..rows]);
        let first = self.close.lagged(close, bought);
        for index in 0..rows {
            [bought[index], moved[index]] = pressure(high[index], low[index], close[index], bought[index]);
        }
        let (mut pressures, mut ranges) = ([0.0; BLOCK_OF_MANY], [0.0; BLOCK_OF_MANY]);
        let (pressures, ranges) = (&mut pressures[first..rows], &mut ranges[first..rows]);
        let mut cold = first;
        for (nth, (sums, weight)) in self.sums.iter_mut().zip(WEIGHTS).enumerate() {
            let without = sums.columns([&bought[first..], &moved[first..]], [pressures, ranges]);
            cold = cold.max(first + without);
            for ((place, pressures), ranges) in out[first..].iter_mut().zip(&*pressures).zip(&*ranges) {
                let before = if nth == 0 { 0.0 } else { *place };
                let total = before + weight * ratio(*pressures, *ranges, 0.0);
                *place = if nth == WEIGHTS.len() - 1 { total * SHARE } else { total };
            }
        }
        chill([out], cold);
        self
    }
}

/// Buying pressure, and the true range.
#[inline]
fn pressure(high: f64, low: f64, close: f64, last: f64) -> [f64; 2] {
    [close - lower(low, last), true_range(high, low, last)]
}
