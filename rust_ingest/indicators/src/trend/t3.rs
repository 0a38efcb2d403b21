//! Tillson's T3.

use super::ema::Ema;
use crate::indicator::Single;
use crate::memory::memory;

/// A generalised double exponential average of one of one: written out over six exponential averages.
pub struct T3 {
    averages: [Ema; 6],
    sixth: f64,
    fifth: f64,
    fourth: f64,
    third: f64,
}

memory!(T3 { averages });

impl T3 {
    pub(crate) fn of(timeperiod: usize, vfactor: f64) -> Self {
        let square = vfactor * vfactor;
        let sixth = -(square * vfactor);
        Self {
            averages: std::array::from_fn(|_| Ema::of(timeperiod)),
            sixth,
            fifth: 3.0 * (square - sixth),
            fourth: -6.0 * square - 3.0 * (vfactor - sixth),
            third: 1.0 + 3.0 * vfactor - sixth + 3.0 * square,
        }
    }
}

impl Single for T3 {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let mut values = [0.0; 6];
        let mut value = close;
        for (average, place) in self.averages.iter_mut().zip(&mut values) {
            value = average.next(value)?;
            *place = value;
        }
        Some(self.sixth * values[5] + self.fifth * values[4] + self.fourth * values[3] + self.third * values[2])
    }
}
