//! Price oscillators: a fast average less a slow one.

use crate::indicator::Single;
use crate::memory::memory;
use crate::trend::Ema;

/// The difference of two exponential averages.
pub struct Apo {
    fast: Ema,
    slow: Ema,
}

memory!(Apo { fast, slow });

impl Apo {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            fast: Ema::of(fastperiod.min(slowperiod)),
            slow: Ema::of(fastperiod.max(slowperiod)),
        }
    }
}

impl Single for Apo {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let fast = self.fast.next(close);
        let slow = self.slow.next(close)?;
        fast.map(|fast| fast - slow)
    }
}

/// The same in percent of the slow one.
pub struct Ppo {
    fast: Ema,
    slow: Ema,
}

memory!(Ppo { fast, slow });

impl Ppo {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            fast: Ema::of(fastperiod.min(slowperiod)),
            slow: Ema::of(fastperiod.max(slowperiod)),
        }
    }
}

impl Single for Ppo {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let fast = self.fast.next(close);
        let slow = self.slow.next(close)?;
        fast.map(|fast| (fast - slow) / slow * 100.0)
    }
}
