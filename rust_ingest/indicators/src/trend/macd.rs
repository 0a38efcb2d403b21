//! Moving average convergence/divergence, and the pair of averages that it is made of.

use super::ema::Ema;
use crate::indicator::{Indicator, Single};
use crate::memory::memory;

/// A fast and a slow exponential average, of which the fast one begins so late that both have their first value together
/// (TA-Lib). Whichever period is larger is the slow one's.
struct EmaPair {
    /// Rows that the fast one still leaves out.
    waiting: usize,
    fast: Ema,
    slow: Ema,
}

memory!(EmaPair { waiting, fast, slow });

impl EmaPair {
    fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            waiting: slowperiod.abs_diff(fastperiod),
            fast: Ema::of(fastperiod.min(slowperiod)),
            slow: Ema::of(fastperiod.max(slowperiod)),
        }
    }

    /// Takes a value; the fast and the slow average.
    #[inline]
    fn push(&mut self, close: f64) -> Option<(f64, f64)> {
        let slow = self.slow.next(close);
        if self.waiting > 0 {
            self.waiting -= 1;
            return None;
        }
        self.fast.next(close).zip(slow)
    }
}

/// The fast average less the slow one, its own average (the signal), and the first less the second.
pub struct Macd {
    pair: EmaPair,
    signal: Ema,
}

memory!(Macd { pair, signal });

impl Macd {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize, signalperiod: usize) -> Self {
        Self {
            pair: EmaPair::of(fastperiod, slowperiod),
            signal: Ema::of(signalperiod),
        }
    }
}

impl Indicator<1, 3> for Macd {
    #[inline]
    fn update(&mut self, [close]: [f64; 1]) -> Option<[f64; 3]> {
        let (fast, slow) = self.pair.push(close)?;
        let macd = fast - slow;
        let signal = self.signal.next(macd)?;
        Some([macd, signal, macd - signal])
    }
}
