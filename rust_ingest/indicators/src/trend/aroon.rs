//! Aroon: how long ago the extremes were.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::parts::LatestHighest;

/// Down and up: 100 where the lowest low, the highest high, of n + 1 rows is now, 0 where it was n rows ago.
pub struct Aroon {
    timeperiod: usize,
    lowest: LatestHighest,
    highest: LatestHighest,
}

memory!(Aroon { lowest, highest });

impl Aroon {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            timeperiod,
            lowest: LatestHighest::of(timeperiod + 1),
            highest: LatestHighest::of(timeperiod + 1),
        }
    }
}

impl Indicator<2, 2> for Aroon {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 2]> {
        let low_age = self.lowest.push(-low);
        let high_age = self.highest.push(high)?;
        let length = self.timeperiod as f64;
        Some([low_age?, high_age].map(|age| 100.0 * ((length - age as f64) / length)))
    }
}

/// Up less down.
pub struct Aroonosc {
    aroon: Aroon,
}

memory!(Aroonosc { aroon });

impl Aroonosc {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            aroon: Aroon::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Aroonosc {
    #[inline]
    fn update(&mut self, row: [f64; 2]) -> Option<[f64; 1]> {
        self.aroon.update(row).map(|[down, up]| [up - down])
    }
}
