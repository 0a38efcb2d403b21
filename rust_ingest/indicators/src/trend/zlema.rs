//! The zero-lag exponential moving average.

use super::ema::Ema;
use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Window;

/// The exponential average of `2 * close - close (n - 1) / 2 rows ago`.
pub struct Zlema {
    window: Window,
    average: Ema,
}

memory!(Zlema { window, average });

impl Zlema {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            // One longer than the lag, which may be 0: the oldest is then the value itself.
            window: Window::of((timeperiod - 1) / 2 + 1),
            average: Ema::of(timeperiod),
        }
    }
}

impl Single for Zlema {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.window.push(close);
        if !self.window.is_full() {
            return None;
        }
        self.average.next(2.0 * close - self.window.oldest())
    }
}
