//! Tillson's T3.

use super::ema::exponential;
use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Cascade;

/// A generalised double exponential average of one of one: written out over six exponential averages.
pub struct T3 {
    averages: Cascade<6>,
    /// Of the third average to the sixth.
    weights: [f64; 4],
}

memory!(T3 { averages });

impl T3 {
    pub(crate) fn of(timeperiod: usize, vfactor: f64) -> Self {
        let square = vfactor * vfactor;
        let sixth = -(square * vfactor);
        let fifth = 3.0 * (square - sixth);
        let fourth = -6.0 * square - 3.0 * (vfactor - sixth);
        let third = 1.0 + 3.0 * vfactor - sixth + 3.0 * square;
        Self {
            averages: Cascade::of(|| exponential(timeperiod)),
            weights: [third, fourth, fifth, sixth],
        }
    }
}

impl Single for T3 {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.averages.push(close).as_ref().map(weighted(self.weights))
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.averages.column(values, out, weighted(self.weights))
    }
}

#[inline]
fn weighted([third, fourth, fifth, sixth]: [f64; 4]) -> impl Fn(&[f64; 6]) -> f64 {
    move |averages| sixth * averages[5] + fifth * averages[4] + fourth * averages[3] + third * averages[2]
}
