//! The choppiness index.

use super::atr::TrueRange;
use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::REST;
use crate::parts::{Channel, Sum};

/// How much longer the way was than the window is high, as a logarithm: 100 for all to and fro. 100 where nothing moved.
pub struct Choppiness {
    scale: f64,
    range: TrueRange,
    way: Sum,
    channel: Channel,
}

memory!(Choppiness { range, way, channel });

impl Choppiness {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            scale: (timeperiod as f64).log10(),
            range: TrueRange::none(),
            way: Sum::of(timeperiod),
            channel: Channel::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for Choppiness {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let moved = self.range.push(high, low, close);
        let way = moved.and_then(|moved| self.way.push(moved));
        let (highest, lowest) = self.channel.push(high, low)?;
        let (way, height) = (way?, highest - lowest);
        Some([match height > REST && way > REST {
            true => 100.0 * ((way / height).log10() / self.scale),
            false => 100.0,
        }])
    }
}
