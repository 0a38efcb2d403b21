//! Stochastic oscillators.

use super::rsi::Rsi;
use crate::indicator::{BLOCK, Indicator, Single, chill};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Channel, Sum};

/// Where the close stands between the lowest low and the highest high, in percent; 0 where they are one (TA-Lib).
struct Stochastic {
    channel: Channel,
}

memory!(Stochastic { channel });

impl Stochastic {
    fn of(length: usize) -> Self {
        Self {
            channel: Channel::of(length),
        }
    }

    /// Takes a row; the percentage once the window is full.
    #[inline]
    fn push(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let (highest, lowest) = self.channel.push(high, low)?;
        Some(percent(highest, lowest, close))
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    fn column(&mut self, [high, low, close]: [&[f64]; 3], out: &mut [f64]) -> usize {
        let mut lowest = [0.0; BLOCK];
        let cold = self.channel.columns(high, low, out, &mut lowest);
        for ((place, &lowest), &close) in out.iter_mut().zip(&lowest).zip(close) {
            *place = percent(*place, lowest, close);
        }
        cold
    }
}

#[inline]
fn percent(highest: f64, lowest: f64, close: f64) -> f64 {
    100.0 * ratio(close - lowest, highest - lowest, 0.0)
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

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 3], [fastk, fastd]: [&mut [f64]; 2]) -> Self {
        let first = self.fastk.column(row, fastk);
        let cold = first + self.fastd.means(&fastk[first..], &mut fastd[first..]);
        chill([fastk, fastd], cold);
        self
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

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 3], [slowk, slowd]: [&mut [f64]; 2]) -> Self {
        let mut fastk = [0.0; BLOCK];
        let fastk = &mut fastk[..slowk.len()];
        let first = self.fastk.column(row, fastk);
        let second = first + self.slowk.means(&fastk[first..], &mut slowk[first..]);
        let cold = second + self.slowd.means(&slowk[second..], &mut slowd[second..]);
        chill([slowk, slowd], cold);
        self
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

    #[inline(always)]
    fn block(mut self, [close]: [&[f64]; 1], [fastk, fastd]: [&mut [f64]; 2]) -> Self {
        let mut rsi = [0.0; BLOCK];
        let first = self.rsi.column(close, &mut rsi);
        let rsi = &rsi[first..close.len()];
        self.stochf = self.stochf.block([rsi; 3], [&mut fastk[first..], &mut fastd[first..]]);
        chill([fastk, fastd], first);
        self
    }
}

/// How far the close is below the highest high, in percent of the window's range: 0 to -100; 0 where it has none.
pub struct Willr {
    channel: Channel,
}

memory!(Willr { channel });

impl Willr {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            channel: Channel::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for Willr {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let (highest, lowest) = self.channel.push(high, low)?;
        Some([below(highest, lowest, close)])
    }

    #[inline(always)]
    fn block(mut self, [high, low, close]: [&[f64]; 3], [out]: [&mut [f64]; 1]) -> Self {
        let mut lowest = [0.0; BLOCK];
        let cold = self.channel.columns(high, low, out, &mut lowest);
        for ((place, &lowest), &close) in out.iter_mut().zip(&lowest).zip(close) {
            *place = below(*place, lowest, close);
        }
        chill([out], cold);
        self
    }
}

#[inline]
fn below(highest: f64, lowest: f64, close: f64) -> f64 {
    -100.0 * ratio(highest - close, highest - lowest, 0.0)
}
