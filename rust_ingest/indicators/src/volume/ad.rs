//! Accumulation and distribution.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{ratio, rested};
use crate::parts::Sum;

/// Where the close stands in the bar: -1 at the low, 1 at the high; 0 where high and low are one.
#[inline]
fn clv(high: f64, low: f64, close: f64) -> f64 {
    ratio((close - low) - (high - close), high - low, 0.0)
}

/// The sum of the volume, each by where the close stands in its bar.
pub struct Ad {
    total: f64,
}

memory!(Ad { total });

impl Ad {
    pub(crate) fn of() -> Self {
        Self { total: 0.0 }
    }
}

impl Indicator<4, 1> for Ad {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 1]> {
        self.total += clv(high, low, close) * volume;
        Some([self.total])
    }
}

/// A fast less a slow exponential average of that sum, both begun by the first (TA-Lib).
pub struct Adosc {
    longest: usize,
    fast_weight: f64,
    slow_weight: f64,
    total: f64,
    count: usize,
    fast: f64,
    slow: f64,
}

memory!(Adosc {
    total,
    count,
    fast,
    slow
});

impl Adosc {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            longest: fastperiod.max(slowperiod),
            fast_weight: 2.0 / (fastperiod as f64 + 1.0),
            slow_weight: 2.0 / (slowperiod as f64 + 1.0),
            total: 0.0,
            count: 0,
            fast: 0.0,
            slow: 0.0,
        }
    }
}

impl Indicator<4, 1> for Adosc {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 1]> {
        self.total += clv(high, low, close) * volume;
        if self.count == 0 {
            self.fast = self.total;
            self.slow = self.total;
        } else {
            self.fast = rested(self.fast + (self.total - self.fast) * self.fast_weight);
            self.slow = rested(self.slow + (self.total - self.slow) * self.slow_weight);
        }
        if self.count < self.longest {
            self.count += 1;
        }
        (self.count == self.longest).then_some([self.fast - self.slow])
    }
}

/// The same over a window, by its volume; 0 where there is none.
pub struct Cmf {
    flow: Sum,
    volume: Sum,
}

memory!(Cmf { flow, volume });

impl Cmf {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            flow: Sum::of(timeperiod),
            volume: Sum::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for Cmf {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 1]> {
        let flow = self.flow.push(clv(high, low, close) * volume);
        let total = self.volume.push(volume)?;
        Some([ratio(flow?, total, 0.0)])
    }
}
