//! The Coppock curve.

use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::parts::Window;
use crate::trend::Wma;

/// A weighted average of the sum of two rates of change.
pub struct Coppock {
    windows: [Window; 2],
    average: Wma,
}

memory!(Coppock { windows, average });

impl Coppock {
    pub(crate) fn of(wmaperiod: usize, roc1period: usize, roc2period: usize) -> Self {
        Self {
            windows: [roc1period, roc2period].map(Window::of),
            average: Wma::of(wmaperiod),
        }
    }
}

impl Single for Coppock {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let [first, second] = self.windows.each_mut().map(|window| window.push(close));
        let (first, second) = first.zip(second)?;
        self.average.next(both_changes(close, first, second))
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let (mut changes, mut lags) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (changes, lags) = (&mut changes[..values.len()], &mut lags[..values.len()]);
        let [first, second] = &mut self.windows;
        let cold = first.lagged(values, changes).max(second.lagged(values, lags));
        for ((place, &close), &second) in changes.iter_mut().zip(values).zip(&*lags) {
            *place = both_changes(close, *place, second);
        }
        cold + self.average.column(&changes[cold..], &mut out[cold..])
    }
}

#[inline]
fn both_changes(close: f64, first: f64, second: f64) -> f64 {
    (close / first - 1.0) * 100.0 + (close / second - 1.0) * 100.0
}
