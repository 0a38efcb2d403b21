//! The linearly weighted moving average.

use crate::indicator::Single;
use crate::memory::{BadMemory, Memory, Numbers};
use crate::parts::{Line, Quads, Weighted};

/// Values that sums last for: it is not worth to begin those of a short window anew each time that it passes.
const LASTING: usize = 128;

/// Weights n for the newest value to 1 for the oldest.
pub struct Wma {
    way: Way,
}

/// How the weighted sum is taken.
enum Way {
    /// Of the window, at each row.
    Through(Quads),
    /// Of the sum before; with one by the sum of the weights.
    On(Line, f64),
}

impl Wma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        let count = timeperiod as f64;
        Self {
            way: if timeperiod <= Quads::LONGEST {
                Way::Through(Quads::of(timeperiod))
            } else {
                Way::On(Line::of(timeperiod, LASTING), 2.0 / (count * (count + 1.0)))
            },
        }
    }
}

#[inline]
fn mean(share: f64) -> impl Fn(Weighted) -> f64 {
    move |line| line.center + line.weighted * share
}

impl Single for Wma {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        match &mut self.way {
            Way::Through(quads) => quads.push(close),
            Way::On(line, share) => line.push(close).map(mean(*share)),
        }
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        match &mut self.way {
            Way::Through(quads) => quads.column(values, out),
            Way::On(line, share) => line.column(values, out, mean(*share)),
        }
    }
}

impl Memory for Wma {
    fn save(&self, numbers: &mut Vec<f64>) {
        match &self.way {
            Way::Through(quads) => quads.save(numbers),
            Way::On(line, _) => line.save(numbers),
        }
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        match &mut self.way {
            Way::Through(quads) => quads.load(numbers),
            Way::On(line, _) => line.load(numbers),
        }
    }
}
