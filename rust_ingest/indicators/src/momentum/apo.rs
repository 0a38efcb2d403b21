//! Price oscillators: a fast average less a slow one.

use crate::indicator::Single;
use crate::memory::memory;
use crate::trend::EmaPair;

/// The difference of both exponential averages, which begin together.
pub struct Apo {
    pair: EmaPair,
}

memory!(Apo { pair });

impl Apo {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            pair: EmaPair::of(fastperiod, slowperiod),
        }
    }
}

impl Single for Apo {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.pair.push(close).map(|(fast, slow)| fast - slow)
    }
}

/// The same in percent of the slow one.
pub struct Ppo {
    pair: EmaPair,
}

memory!(Ppo { pair });

impl Ppo {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            pair: EmaPair::of(fastperiod, slowperiod),
        }
    }
}

impl Single for Ppo {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.pair.push(close).map(|(fast, slow)| (fast - slow) / slow * 100.0)
    }
}
