//! What trading does to the price.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Last, Pairs, Sum};

/// The slope of the price's changes on the signed volume behind them; 0 where that does not vary.
pub struct KyleLambda {
    last: Last,
    pairs: Pairs,
}

memory!(KyleLambda { last, pairs });

impl KyleLambda {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            last: Last::none(),
            pairs: Pairs::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for KyleLambda {
    #[inline]
    fn update(&mut self, [price, signed_volume]: [f64; 2]) -> Option<[f64; 1]> {
        let last = self.last.push(price)?;
        let found = self.pairs.push(signed_volume, price - last)?;
        Some([ratio(found.product, found.first, 0.0)])
    }
}

/// The mean of the return's size by the turnover, over rows with volume; 0 where there are none.
pub struct Amihud {
    last: Last,
    moves: Sum,
    counts: Sum,
}

memory!(Amihud { last, moves, counts });

impl Amihud {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            last: Last::none(),
            moves: Sum::of(timeperiod),
            counts: Sum::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Amihud {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        let last = self.last.push(close)?;
        let moves = self.moves.push(ratio((close / last - 1.0).abs(), close * volume, 0.0));
        let counts = self.counts.push(if volume > 0.0 { 1.0 } else { 0.0 })?;
        Some([ratio(moves?, counts, 0.0)])
    }
}
