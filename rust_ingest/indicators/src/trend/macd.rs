//! Moving average convergence/divergence, and the pair of averages that it is made of.

use super::ema::exponential;
use crate::columns::all_one;
use crate::indicator::{BLOCK, Indicator, Single, chill};
use crate::memory::memory;
use crate::parts::{Average, Count};

/// A fast and a slow exponential average, of which the fast one begins so late that both have their first value together
/// (TA-Lib). Whichever period is larger is the slow one's.
struct EmaPair {
    /// Rows that the fast one leaves out.
    left_out: Count,
    fast: Average,
    slow: Average,
}

memory!(EmaPair { left_out, fast, slow });

impl EmaPair {
    fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            left_out: Count::to(slowperiod.abs_diff(fastperiod)),
            fast: exponential(fastperiod.min(slowperiod)),
            slow: exponential(fastperiod.max(slowperiod)),
        }
    }

    /// Takes a value; the fast less the slow average.
    #[inline]
    fn push(&mut self, close: f64) -> Option<f64> {
        let slow = self.slow.next(close);
        if !self.left_out.is_done() {
            self.left_out.add();
            return None;
        }
        self.fast.next(close).zip(slow).map(|(fast, slow)| fast - slow)
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let left_out = self.left_out.missing().min(values.len());
        (0..left_out).for_each(|_| self.left_out.add());
        let mut slow = [0.0; BLOCK];
        let both = [&mut self.fast, &mut self.slow];
        let [cold, _] = Average::columns(both, [&values[left_out..], values], [&mut out[left_out..], &mut slow]);
        let cold = left_out + cold;
        for (fast, slow) in out.iter_mut().zip(&slow) {
            *fast -= slow;
        }
        cold
    }
}

/// The fast average less the slow one, its own average (the signal), and the first less the second.
pub struct Macd {
    pair: EmaPair,
    signal: Average,
}

memory!(Macd { pair, signal });

impl Macd {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize, signalperiod: usize) -> Self {
        Self {
            pair: EmaPair::of(fastperiod, slowperiod),
            signal: exponential(signalperiod),
        }
    }
}

impl Macd {
    /// As a block, if all averages have begun and nothing rests: the signal does not wait for all of the others.
    #[inline(always)]
    fn moving(&mut self, close: &[f64], macd: &mut [f64], signal: &mut [f64], histogram: &mut [f64]) -> bool {
        if !self.signal.is_warm() || all_one(close) {
            return false;
        }
        let close = &close[..macd.len()];
        let averages = [&mut self.pair.fast, &mut self.pair.slow, &mut self.signal];
        let outputs = [&mut *macd, &mut *histogram, &mut *signal];
        let done = Average::together(averages, outputs, |side, index, found| match side {
            2 => found[0] - found[1],
            _ => close[index],
        });
        if done {
            for ((macd, slow), signal) in macd.iter_mut().zip(histogram).zip(signal) {
                *macd -= *slow;
                *slow = *macd - *signal;
            }
        }
        done
    }
}

impl Indicator<1, 3> for Macd {
    #[inline]
    fn update(&mut self, [close]: [f64; 1]) -> Option<[f64; 3]> {
        let macd = self.pair.push(close)?;
        let signal = self.signal.next(macd)?;
        Some([macd, signal, macd - signal])
    }

    #[inline(always)]
    fn block(mut self, [close]: [&[f64]; 1], [macd, signal, histogram]: [&mut [f64]; 3]) -> Self {
        if self.moving(close, macd, signal, histogram) {
            return self;
        }
        let first = self.pair.column(close, macd);
        let cold = first + self.signal.column(&macd[first..], &mut signal[first..]);
        for ((place, macd), signal) in histogram.iter_mut().zip(&*macd).zip(&*signal) {
            *place = macd - signal;
        }
        chill([macd, signal, histogram], cold);
        self
    }
}
