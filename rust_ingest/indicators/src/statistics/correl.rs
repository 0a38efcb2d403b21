//! How two series go together.

use crate::indicator::{BLOCK, Indicator, chill};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Last, Pairs, Together};

/// The correlation of both; 0 where one of them does not move.
pub struct Correl {
    pairs: Pairs,
}

memory!(Correl { pairs });

impl Correl {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            pairs: Pairs::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Correl {
    #[inline]
    fn update(&mut self, [real0, real1]: [f64; 2]) -> Option<[f64; 1]> {
        self.pairs.push(real0, real1).map(|found| [found.correlation()])
    }

    #[inline(always)]
    fn block(mut self, reals: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let cold = self.pairs.column(reals, out, |found| found.correlation());
        chill([out], cold);
        self
    }
}

/// The slope of the second's changes, as parts, on the first's; 0 where the first does not move.
pub struct Beta {
    last0: Last,
    last1: Last,
    pairs: Pairs,
}

memory!(Beta { last0, last1, pairs });

impl Beta {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            last0: Last::none(),
            last1: Last::none(),
            pairs: Pairs::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Beta {
    #[inline]
    fn update(&mut self, [real0, real1]: [f64; 2]) -> Option<[f64; 1]> {
        let (last0, last1) = self.last0.push(real0).zip(self.last1.push(real1))?;
        self.pairs
            .push(change(real0, last0), change(real1, last1))
            .map(|found| [slope(found)])
    }

    #[inline(always)]
    fn block(mut self, [real0, real1]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let rows = out.len();
        let (mut changes0, mut changes1) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (changes0, changes1) = (&mut changes0[..rows], &mut changes1[..rows]);
        let first = self.last0.lagged(real0, changes0);
        self.last1.lagged(real1, changes1);
        for (changes, reals) in [(&mut *changes0, real0), (&mut *changes1, real1)] {
            for (place, &real) in changes.iter_mut().zip(reals) {
                *place = change(real, *place);
            }
        }
        let changes = [&changes0[first..], &changes1[first..]];
        let cold = first + self.pairs.column(changes, &mut out[first..], slope);
        chill([out], cold);
        self
    }
}

/// As a part.
#[inline]
fn change(real: f64, last: f64) -> f64 {
    (real - last) / last
}

#[inline]
fn slope(found: Together) -> f64 {
    ratio(found.product, found.first, 0.0)
}
