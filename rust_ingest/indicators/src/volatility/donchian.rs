//! The Donchian channel.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::parts::{Highest, Lowest};

/// The highest high, the middle, and the lowest low.
pub struct Donchian {
    highest: Highest,
    lowest: Lowest,
}

memory!(Donchian { highest, lowest });

impl Donchian {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            highest: Highest::of(timeperiod),
            lowest: Lowest::of(timeperiod),
        }
    }
}

impl Indicator<2, 3> for Donchian {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 3]> {
        let (highest, lowest) = self.highest.push(high).zip(self.lowest.push(low))?;
        Some([highest, (highest + lowest) / 2.0, lowest])
    }
}
