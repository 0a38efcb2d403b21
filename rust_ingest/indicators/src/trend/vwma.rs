//! The volume-weighted moving average.

use crate::indicator::{BLOCK, Indicator, chill};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::Sums;

/// The mean of the closes, each as often as was traded at it.
pub struct Vwma {
    /// Of turnover and volume.
    sums: Sums<2>,
}

memory!(Vwma { sums });

impl Vwma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            sums: Sums::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Vwma {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        let [traded, total] = self.sums.push([close * volume, volume])?;
        Some([ratio(traded, total, close)])
    }

    #[inline(always)]
    fn block(mut self, [close, volume]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let (mut traded, mut totals) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (traded, totals) = (&mut traded[..out.len()], &mut totals[..out.len()]);
        for ((place, close), volume) in traded.iter_mut().zip(close).zip(volume) {
            *place = close * volume;
        }
        let cold = self.sums.columns([traded, volume], [out, totals]);
        for ((place, total), &close) in out.iter_mut().zip(totals).zip(close) {
            *place = ratio(*place, *total, close);
        }
        chill([out], cold);
        self
    }
}
