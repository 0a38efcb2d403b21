//! Price oscillators: a fast average less a slow one.

use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::parts::Average;
use crate::trend::exponential;

/// A fast and a slow exponential average.
struct Two {
    fast: Average,
    slow: Average,
}

memory!(Two { fast, slow });

impl Two {
    fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            fast: exponential(fastperiod.min(slowperiod)),
            slow: exponential(fastperiod.max(slowperiod)),
        }
    }

    /// Takes a value; what `of` makes of both averages.
    #[inline]
    fn push(&mut self, close: f64, of: impl Fn(f64, f64) -> f64) -> Option<f64> {
        let fast = self.fast.next(close);
        let slow = self.slow.next(close)?;
        fast.map(|fast| of(fast, slow))
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64], of: impl Fn(f64, f64) -> f64) -> usize {
        let mut slow = [0.0; BLOCK];
        let slow = &mut slow[..values.len()];
        let [_, cold] = Average::columns([&mut self.fast, &mut self.slow], [values, values], [out, slow]);
        for (place, slow) in out.iter_mut().zip(slow) {
            *place = of(*place, *slow);
        }
        cold
    }
}

/// The difference of two exponential averages.
pub struct Apo {
    averages: Two,
}

memory!(Apo { averages });

impl Apo {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            averages: Two::of(fastperiod, slowperiod),
        }
    }
}

impl Single for Apo {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.averages.push(close, |fast, slow| fast - slow)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.averages.column(values, out, |fast, slow| fast - slow)
    }
}

/// The same in percent of the slow one.
pub struct Ppo {
    averages: Two,
}

memory!(Ppo { averages });

impl Ppo {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            averages: Two::of(fastperiod, slowperiod),
        }
    }
}

impl Single for Ppo {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.averages.push(close, percent)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.averages.column(values, out, percent)
    }
}

#[inline]
fn percent(fast: f64, slow: f64) -> f64 {
    (fast - slow) / slow * 100.0
}
