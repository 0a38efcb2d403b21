//! The Arnaud Legoux moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Window;

/// Weights of a bell that stands at `offset` of the window and is `timeperiod / sigma` wide.
pub struct Alma {
    window: Window,
    weights: Box<[f64]>,
    total: f64,
}

memory!(Alma { window });

impl Alma {
    pub(crate) fn of(timeperiod: usize, offset: f64, sigma: f64) -> Self {
        let middle = offset * (timeperiod as f64 - 1.0);
        let width = timeperiod as f64 / sigma;
        let mut total = 0.0;
        let weights = (0..timeperiod).map(|place| {
            let off = place as f64 - middle;
            let weight = (-(off * off) / (2.0 * width * width)).exp();
            total += weight;
            weight
        });
        Self {
            window: Window::of(timeperiod),
            weights: weights.collect(),
            total,
        }
    }
}

impl Single for Alma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.window.push(close);
        if !self.window.is_full() {
            return None;
        }
        let [older, newer] = self.window.pieces();
        let (first, rest) = self.weights.split_at(older.len());
        let mut weighted = 0.0;
        for (weight, value) in first.iter().zip(older) {
            weighted += weight * value;
        }
        for (weight, value) in rest.iter().zip(newer) {
            weighted += weight * value;
        }
        Some(weighted / self.total)
    }
}
