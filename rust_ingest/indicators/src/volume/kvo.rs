//! The Klinger volume oscillator.

use crate::indicator::{Indicator, Single};
use crate::memory::memory;
use crate::parts::{Average, Last};
use crate::trend::exponential;

/// A fast less a slow average of the volume force, and that difference's average (the signal).
///
/// The force is the volume by the trend of high + low + close, by how the bar's range compares with all since the trend began.
/// 0 where nothing moved.
pub struct Kvo {
    price: Last,
    range: f64,
    trend: f64,
    /// Of the ranges since the trend began.
    all: f64,
    fast: Average,
    slow: Average,
    signal: Average,
}

memory!(Kvo {
    price,
    range,
    trend,
    all,
    fast,
    slow,
    signal
});

impl Kvo {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize, signalperiod: usize) -> Self {
        Self {
            price: Last::none(),
            range: 0.0,
            trend: 0.0,
            all: 0.0,
            fast: exponential(fastperiod),
            slow: exponential(slowperiod),
            signal: exponential(signalperiod),
        }
    }
}

impl Indicator<4, 2> for Kvo {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 2]> {
        let (price, moved) = (high + low + close, high - low);
        let last_range = std::mem::replace(&mut self.range, moved);
        let last = self.price.push(price)?;
        let trend = if price > last { 1.0 } else { -1.0 };
        self.all = if trend == self.trend {
            self.all + moved
        } else {
            last_range + moved
        };
        self.trend = trend;
        let force = match self.all > 0.0 {
            true => volume * (2.0 * (moved / self.all) - 1.0).abs() * trend * 100.0,
            false => 0.0,
        };
        let fast = self.fast.next(force);
        let slow = self.slow.next(force)?;
        let oscillator = fast? - slow;
        self.signal.next(oscillator).map(|signal| [oscillator, signal])
    }
}
