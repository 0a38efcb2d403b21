//! The true strength index.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::Last;
use crate::trend::Ema;

/// The change, twice smoothed, in percent of its size, twice smoothed; 0 where nothing moved.
pub struct Tsi {
    last: Last,
    changes: [Ema; 2],
    sizes: [Ema; 2],
}

memory!(Tsi { last, changes, sizes });

impl Tsi {
    pub(crate) fn of(firstperiod: usize, secondperiod: usize) -> Self {
        Self {
            last: Last::none(),
            changes: [Ema::of(firstperiod), Ema::of(secondperiod)],
            sizes: [Ema::of(firstperiod), Ema::of(secondperiod)],
        }
    }
}

impl Single for Tsi {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let last = self.last.push(close)?;
        let change = self.changes[0].next(close - last);
        let size = self.sizes[0].next((close - last).abs())?;
        let change = self.changes[1].next(change?);
        let size = self.sizes[1].next(size)?;
        Some(100.0 * ratio(change?, size, 0.0))
    }
}
