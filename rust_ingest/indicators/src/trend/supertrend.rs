//! Supertrend.

use crate::indicator::{Indicator, chill};
use crate::memory::memory;
use crate::parts::Last;
use crate::volatility::Atr;

/// A stop `multiplier` average true ranges from the middle of the row, which only moves with the trend; the trend turns where
/// the close is beyond it.
pub struct Supertrend {
    multiplier: f64,
    atr: Atr,
    close: Last,
    upper: f64,
    lower: f64,
    begun: bool,
    rising: bool,
}

memory!(Supertrend {
    atr,
    close,
    upper,
    lower,
    begun,
    rising,
});

impl Supertrend {
    pub(crate) fn of(timeperiod: usize, multiplier: f64) -> Self {
        Self {
            multiplier,
            atr: Atr::of(timeperiod),
            close: Last::none(),
            upper: 0.0,
            lower: 0.0,
            begun: false,
            rising: false,
        }
    }
}

impl Supertrend {
    /// Takes a row with its average true range and the close before; the stop and the trend.
    #[inline]
    fn step(&mut self, [high, low, close]: [f64; 3], atr: f64, last_close: f64) -> [f64; 2] {
        let middle = (high + low) / 2.0;
        let (upper, lower) = (middle + self.multiplier * atr, middle - self.multiplier * atr);
        if !self.begun {
            self.begun = true;
            (self.upper, self.lower) = (upper, lower);
            self.rising = close >= lower;
        } else {
            self.upper = if (upper < self.upper) | (last_close > self.upper) {
                upper
            } else {
                self.upper
            };
            self.lower = if (lower > self.lower) | (last_close < self.lower) {
                lower
            } else {
                self.lower
            };
            self.rising = if self.rising {
                close >= self.lower
            } else {
                close > self.upper
            };
        }
        if self.rising {
            [self.lower, 1.0]
        } else {
            [self.upper, -1.0]
        }
    }
}

impl Indicator<3, 2> for Supertrend {
    #[inline]
    fn update(&mut self, row: [f64; 3]) -> Option<[f64; 2]> {
        let atr = self.atr.update(row);
        let last_close = self.close.push(row[2])?;
        let [atr] = atr?;
        Some(self.step(row, atr, last_close))
    }

    #[inline(always)]
    fn block(mut self, [high, low, close]: [&[f64]; 3], [stop, trend]: [&mut [f64]; 2]) -> Self {
        let rows = stop.len();
        let (high, low, close, trend) = (&high[..rows], &low[..rows], &close[..rows], &mut trend[..rows]);
        let cold = self.atr.column([high, low, close], stop);
        self.close.lagged(close, trend);
        for index in cold..rows {
            let row = [high[index], low[index], close[index]];
            [stop[index], trend[index]] = self.step(row, stop[index], trend[index]);
        }
        chill([stop, trend], cold);
        self
    }
}
