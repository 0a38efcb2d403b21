//! The money flow index.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{ratio, typical};
use crate::parts::{Last, Sum};

/// The turnover of rows whose typical price rose, in percent of that of rows in which it moved; 0 where none did.
pub struct Mfi {
    last: Last,
    rising: Sum,
    falling: Sum,
}

memory!(Mfi { last, rising, falling });

impl Mfi {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            last: Last::none(),
            rising: Sum::of(timeperiod),
            falling: Sum::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for Mfi {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 1]> {
        let price = typical(high, low, close);
        let last = self.last.push(price)?;
        let flow = price * volume;
        let rising = self.rising.push(if price > last { flow } else { 0.0 });
        let falling = self.falling.push(if price < last { flow } else { 0.0 })?;
        let rising = rising?;
        Some([100.0 * ratio(rising, rising + falling, 0.0)])
    }
}
