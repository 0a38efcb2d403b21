//! Aroon: how long ago the extremes were.

use crate::indicator::{BLOCK, Indicator, chill};
use crate::memory::memory;
use crate::parts::LatestHighest;

/// Down and up: 100 where the lowest low, the highest high, of n + 1 rows is now, 0 where it was n rows ago.
pub struct Aroon {
    length: f64,
    lowest: LatestHighest,
    highest: LatestHighest,
}

memory!(Aroon { lowest, highest });

impl Aroon {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            length: timeperiod as f64,
            lowest: LatestHighest::of(timeperiod + 1),
            highest: LatestHighest::of(timeperiod + 1),
        }
    }

    /// Down and up; how many of the first rows are without.
    #[inline(always)]
    fn columns(&mut self, high: &[f64], low: &[f64], down: &mut [f64], up: &mut [f64]) -> usize {
        let mut negated = [0.0; BLOCK];
        let negated = &mut negated[..low.len()];
        for (place, low) in negated.iter_mut().zip(low) {
            *place = -low;
        }
        self.lowest.column(negated, down);
        let cold = self.highest.column(high, up);
        let length = self.length;
        down.iter_mut().for_each(|age| *age = share(*age, length));
        up.iter_mut().for_each(|age| *age = share(*age, length));
        cold
    }
}

impl Indicator<2, 2> for Aroon {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 2]> {
        let low_age = self.lowest.push(-low);
        let high_age = self.highest.push(high)?;
        Some([low_age?, high_age].map(|age| share(age, self.length)))
    }

    #[inline(always)]
    fn block(mut self, [high, low]: [&[f64]; 2], [down, up]: [&mut [f64]; 2]) -> Self {
        let cold = self.columns(high, low, down, up);
        chill([down, up], cold);
        self
    }
}

/// Up less down.
pub struct Aroonosc {
    aroon: Aroon,
}

memory!(Aroonosc { aroon });

impl Aroonosc {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            aroon: Aroon::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Aroonosc {
    #[inline]
    fn update(&mut self, row: [f64; 2]) -> Option<[f64; 1]> {
        self.aroon.update(row).map(|[down, up]| [up - down])
    }

    #[inline(always)]
    fn block(mut self, [high, low]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let mut down = [0.0; BLOCK];
        let down = &mut down[..out.len()];
        let cold = self.aroon.columns(high, low, down, out);
        for (up, down) in out.iter_mut().zip(down) {
            *up -= *down;
        }
        chill([out], cold);
        self
    }
}

/// What is left of the window, in percent.
#[inline]
fn share(age: f64, length: f64) -> f64 {
    100.0 * ((length - age) / length)
}
