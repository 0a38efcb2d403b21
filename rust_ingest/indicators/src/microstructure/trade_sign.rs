//! How long trades keep to one side.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::sign;
use crate::parts::{Pairs, Window};

/// The correlation of the trades' signs with those of `lag` trades before; 0 where all are on one side.
pub struct TradeSignAutocorrelation {
    signs: Window,
    pairs: Pairs,
}

memory!(TradeSignAutocorrelation { signs, pairs });

impl TradeSignAutocorrelation {
    pub(crate) fn of(timeperiod: usize, lag: usize) -> Self {
        Self {
            signs: Window::of(lag),
            pairs: Pairs::of(timeperiod),
        }
    }
}

impl Single for TradeSignAutocorrelation {
    #[inline]
    fn next(&mut self, side: f64) -> Option<f64> {
        let now = sign(side);
        let before = self.signs.push(now)?;
        self.pairs.push(now, before).map(|found| found.correlation())
    }
}
