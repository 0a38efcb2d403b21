//! The Keltner channel.

use super::atr::Atr;
use crate::indicator::{BLOCK, Indicator, Single, chill};
use crate::memory::memory;
use crate::number::typical;
use crate::parts::Average;
use crate::trend::exponential;

/// The exponential average of the typical price, and so many average true ranges above and below.
pub struct Keltner {
    nbdev: f64,
    average: Average,
    atr: Atr,
}

memory!(Keltner { average, atr });

impl Keltner {
    pub(crate) fn of(timeperiod: usize, atrperiod: usize, nbdev: f64) -> Self {
        Self {
            nbdev,
            average: exponential(timeperiod),
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

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 3], [upper, middle, lower]: [&mut [f64]; 3]) -> Self {
        let [high, low, close] = row;
        let mut prices = [0.0; BLOCK];
        let prices = &mut prices[..middle.len()];
        for (((place, &high), &low), &close) in prices.iter_mut().zip(high).zip(low).zip(close) {
            *place = typical(high, low, close);
        }
        let cold = self.atr.column(row, upper).max(self.average.column(prices, middle));
        for ((upper, middle), lower) in upper.iter_mut().zip(&*middle).zip(&mut *lower) {
            let atr = *upper;
            *upper = middle + self.nbdev * atr;
            *lower = middle - self.nbdev * atr;
        }
        chill([upper, middle, lower], cold);
        self
    }
}
