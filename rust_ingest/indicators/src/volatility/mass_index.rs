//! The mass index.

use crate::indicator::{BLOCK, Indicator, chill};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Cascade, Sum};
use crate::trend::exponential;

/// The sum of the bar's range, averaged, by that average's average; 1 a row where nothing moves.
pub struct MassIndex {
    averages: Cascade<2>,
    sum: Sum,
}

memory!(MassIndex { averages, sum });

impl MassIndex {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            averages: Cascade::of(|| exponential(fastperiod)),
            sum: Sum::of(slowperiod),
        }
    }
}

impl Indicator<2, 1> for MassIndex {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 1]> {
        let averages = self.averages.push(high - low)?;
        self.sum.push(swell(&averages)).map(|sum| [sum])
    }

    #[inline(always)]
    fn block(mut self, [high, low]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let mut swells = [0.0; BLOCK];
        let swells = &mut swells[..out.len()];
        for ((place, high), low) in out.iter_mut().zip(high).zip(low) {
            *place = high - low;
        }
        let first = self.averages.column(out, swells, swell);
        let cold = first + self.sum.column(&swells[first..], &mut out[first..]);
        chill([out], cold);
        self
    }
}

#[inline]
fn swell(&[single, double]: &[f64; 2]) -> f64 {
    ratio(single, double, 1.0)
}
