//! The volume-weighted moving average.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::Sum;

/// The mean of the closes, each as often as was traded at it.
pub struct Vwma {
    traded: Sum,
    volume: Sum,
}

memory!(Vwma { traded, volume });

impl Vwma {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            traded: Sum::of(timeperiod),
            volume: Sum::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Vwma {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        let traded = self.traded.push(close * volume);
        let total = self.volume.push(volume)?;
        Some([ratio(traded?, total, close)])
    }
}
