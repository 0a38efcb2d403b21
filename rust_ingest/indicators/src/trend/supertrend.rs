//! Supertrend.

use crate::indicator::Indicator;
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

impl Indicator<3, 2> for Supertrend {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 2]> {
        let atr = self.atr.update([high, low, close]);
        let last_close = self.close.push(close)?;
        let [atr] = atr?;
        let middle = (high + low) / 2.0;
        let (upper, lower) = (middle + self.multiplier * atr, middle - self.multiplier * atr);
        if !self.begun {
            self.begun = true;
            (self.upper, self.lower) = (upper, lower);
            self.rising = close >= lower;
        } else {
            if upper < self.upper || last_close > self.upper {
                self.upper = upper;
            }
            if lower > self.lower || last_close < self.lower {
                self.lower = lower;
            }
            self.rising = match self.rising {
                true => close >= self.lower,
                false => close > self.upper,
            };
        }
        Some(match self.rising {
            true => [self.lower, 1.0],
            false => [self.upper, -1.0],
        })
    }
}
