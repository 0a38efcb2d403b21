//! Trix.

use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::parts::{Cascade, Last};
use crate::trend::exponential;

/// The change of a triple exponential average from row to row, in percent.
pub struct Trix {
    averages: Cascade<3>,
    last: Last,
}

memory!(Trix { averages, last });

impl Trix {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            averages: Cascade::of(|| exponential(timeperiod)),
            last: Last::none(),
        }
    }
}

impl Single for Trix {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let [_, _, third] = self.averages.push(close)?;
        self.last.push(third).map(|last| change(third, last))
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let mut thirds = [0.0; BLOCK];
        let thirds = &mut thirds[..values.len()];
        let first = self.averages.column(values, thirds, |[_, _, third]| *third);
        let (thirds, out) = (&thirds[first..], &mut out[first..values.len()]);
        let cold = first + self.last.lagged(thirds, out);
        for (place, &third) in out.iter_mut().zip(thirds) {
            *place = change(third, *place);
        }
        cold
    }
}

#[inline]
fn change(third: f64, last: f64) -> f64 {
    (third / last - 1.0) * 100.0
}
