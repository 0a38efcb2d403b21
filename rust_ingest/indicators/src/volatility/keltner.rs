//! The Keltner channel.

use super::atr::Atr;
use crate::indicator::{Indicator, Single};
use crate::memory::memory;
use crate::number::typical;
use crate::trend::Ema;

/// The exponential average of the typical price, and so many average true ranges above and below.
pub struct Keltner {
    nbdev: f64,
    average: Ema,
    atr: Atr,
}

memory!(Keltner { average, atr });

impl Keltner {
    pub(crate) fn of(timeperiod: usize, atrperiod: usize, nbdev: f64) -> Self {
        Self {
            nbdev,
            average: Ema::of(timeperiod),
            atr: Atr::of(atrperiod),
        }
    }
}

impl Indicator<3, 3> for Keltner {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 3]> {
        let middle = self.average.next(typical(high, low, close));
        let [atr] = self.atr.update([high, low, close])?;
        let middle = middle?;
        Some([middle + self.nbdev * atr, middle, middle - self.nbdev * atr])
    }
}
