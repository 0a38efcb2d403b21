//! Ichimoku kinko hyo.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::parts::{Highest, Lowest};

/// The middle between the highest high and the lowest low.
pub(crate) struct Middle {
    highest: Highest,
    lowest: Lowest,
}

memory!(Middle { highest, lowest });

impl Middle {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            highest: Highest::of(length),
            lowest: Lowest::of(length),
        }
    }

    /// Takes a row; the middle once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, high: f64, low: f64) -> Option<f64> {
        let (highest, lowest) = self.highest.push(high).zip(self.lowest.push(low))?;
        Some((highest + lowest) / 2.0)
    }
}

/// The turning line, the base line, their mean (span a) and the middle of a longer window (span b).
pub struct Ichimoku {
    tenkan: Middle,
    kijun: Middle,
    senkou: Middle,
}

memory!(Ichimoku { tenkan, kijun, senkou });

impl Ichimoku {
    pub(crate) fn of(tenkan: usize, kijun: usize, senkou: usize) -> Self {
        Self {
            tenkan: Middle::of(tenkan),
            kijun: Middle::of(kijun),
            senkou: Middle::of(senkou),
        }
    }
}

impl Indicator<2, 4> for Ichimoku {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 4]> {
        let tenkan = self.tenkan.push(high, low);
        let kijun = self.kijun.push(high, low);
        let senkou = self.senkou.push(high, low)?;
        let (tenkan, kijun) = tenkan.zip(kijun)?;
        Some([tenkan, kijun, (tenkan + kijun) / 2.0, senkou])
    }
}
