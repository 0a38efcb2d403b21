//! Stochastic oscillators.

use super::rsi::Rsi;
use crate::indicator::{Indicator, Single};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Highest, Lowest, Sum};

/// Where the close stands between the lowest low and the highest high, in percent; 0 where they are one (TA-Lib).
struct Stochastic {
    highest: Highest,
    lowest: Lowest,
}

memory!(Stochastic { highest, lowest });

impl Stochastic {
    fn of(length: usize) -> Self {
        Self {
            highest: Highest::of(length),
            lowest: Lowest::of(length),
        }
    }

    /// Takes a row; the percentage once the window is full.
    #[inline]
    fn push(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let (highest, lowest) = self.highest.push(high).zip(self.lowest.push(low))?;
        Some(100.0 * ratio(close - lowest, highest - lowest, 0.0))
    }
}

/// The percentage (k) and its mean (d).
pub struct Stochf {
    fastk: Stochastic,
    fastd: Sum,
}

memory!(Stochf { fastk, fastd });

impl Stochf {
    pub(crate) fn of(fastk_period: usize, fastd_period: usize) -> Self {
        Self {
            fastk: Stochastic::of(fastk_period),
            fastd: Sum::of(fastd_period),
        }
    }
}

impl Indicator<3, 2> for Stochf {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 2]> {
        let fastk = self.fastk.push(high, low, close)?;
        let fastd = self.fastd.mean(fastk)?;
        Some([fastk, fastd])
    }
}

/// The mean of the percentage (k), and the mean of that (d).
pub struct Stoch {
    fastk: Stochastic,
    slowk: Sum,
    slowd: Sum,
}

memory!(Stoch { fastk, slowk, slowd });

impl Stoch {
    pub(crate) fn of(fastk_period: usize, slowk_period: usize, slowd_period: usize) -> Self {
        Self {
            fastk: Stochastic::of(fastk_period),
            slowk: Sum::of(slowk_period),
            slowd: Sum::of(slowd_period),
        }
    }
}

impl Indicator<3, 2> for Stoch {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 2]> {
        let fastk = self.fastk.push(high, low, close)?;
        let slowk = self.slowk.mean(fastk)?;
        let slowd = self.slowd.mean(slowk)?;
        Some([slowk, slowd])
    }
}

/// The fast oscillator of the relative strength index.
pub struct Stochrsi {
    rsi: Rsi,
    stochf: Stochf,
}

memory!(Stochrsi { rsi, stochf });

impl Stochrsi {
    pub(crate) fn of(timeperiod: usize, fastk_period: usize, fastd_period: usize) -> Self {
        Self {
            rsi: Rsi::of(timeperiod),
            stochf: Stochf::of(fastk_period, fastd_period),
        }
    }
}

impl Indicator<1, 2> for Stochrsi {
    #[inline]
    fn update(&mut self, [close]: [f64; 1]) -> Option<[f64; 2]> {
        let rsi = self.rsi.next(close)?;
        self.stochf.update([rsi; 3])
    }
}

/// How far the close is below the highest high, in percent of the window's range: 0 to -100; 0 where it has none.
pub struct Willr {
    highest: Highest,
    lowest: Lowest,
}

memory!(Willr { highest, lowest });

impl Willr {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            highest: Highest::of(timeperiod),
            lowest: Lowest::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for Willr {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let (highest, lowest) = self.highest.push(high).zip(self.lowest.push(low))?;
        Some([-100.0 * ratio(highest - close, highest - lowest, 0.0)])
    }
}
