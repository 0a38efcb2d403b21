//! Spreads, as trades paid them.

use crate::indicator::{Indicator, Single};
use crate::memory::memory;
use crate::number::{higher, sign};
use crate::parts::{Last, Pairs, Sum, Window};

/// Twice the root of the negated covariance of changes that follow each other; 0 where that is not negative.
pub struct RollSpread {
    count: f64,
    last: Last,
    change: Last,
    pairs: Pairs,
}

memory!(RollSpread { last, change, pairs });

impl RollSpread {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            count: timeperiod as f64,
            last: Last::none(),
            change: Last::none(),
            pairs: Pairs::of(timeperiod),
        }
    }
}

impl Single for RollSpread {
    #[inline]
    fn next(&mut self, price: f64) -> Option<f64> {
        let last = self.last.push(price)?;
        let before = self.change.push(price - last)?;
        let found = self.pairs.push(price - last, before)?;
        Some(2.0 * higher(-(found.product / self.count), 0.0).sqrt())
    }
}

/// The mean of twice what the trade paid above the middle, or got below it.
pub struct EffectiveSpread {
    mean: Sum,
}

memory!(EffectiveSpread { mean });

impl EffectiveSpread {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            mean: Sum::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for EffectiveSpread {
    #[inline]
    fn update(&mut self, [price, side, bid, ask]: [f64; 4]) -> Option<[f64; 1]> {
        let paid = 2.0 * sign(side) * (price - (bid + ask) / 2.0);
        self.mean.mean(paid).map(|mean| [mean])
    }
}

/// The same with the middle of `horizon` rows later: what is left of it for who offered.
pub struct RealisedSpread {
    prices: Window,
    sides: Window,
    mean: Sum,
}

memory!(RealisedSpread { prices, sides, mean });

impl RealisedSpread {
    pub(crate) fn of(timeperiod: usize, horizon: usize) -> Self {
        Self {
            prices: Window::of(horizon),
            sides: Window::of(horizon),
            mean: Sum::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for RealisedSpread {
    #[inline]
    fn update(&mut self, [price, side, bid, ask]: [f64; 4]) -> Option<[f64; 1]> {
        let (then, then_side) = self.prices.push(price).zip(self.sides.push(sign(side)))?;
        let left = 2.0 * then_side * (then - (bid + ask) / 2.0);
        self.mean.mean(left).map(|mean| [mean])
    }
}

/// The mean of twice what the middle moved in the trade's direction over `horizon` rows.
pub struct PriceImpact {
    middles: Window,
    sides: Window,
    mean: Sum,
}

memory!(PriceImpact { middles, sides, mean });

impl PriceImpact {
    pub(crate) fn of(timeperiod: usize, horizon: usize) -> Self {
        Self {
            middles: Window::of(horizon),
            sides: Window::of(horizon),
            mean: Sum::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for PriceImpact {
    #[inline]
    fn update(&mut self, [side, bid, ask]: [f64; 3]) -> Option<[f64; 1]> {
        let middle = (bid + ask) / 2.0;
        let (then, then_side) = self.middles.push(middle).zip(self.sides.push(sign(side)))?;
        self.mean.mean(2.0 * then_side * (middle - then)).map(|mean| [mean])
    }
}
