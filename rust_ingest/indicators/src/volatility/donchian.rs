//! The Donchian channel.

use crate::indicator::{Indicator, chill};
use crate::memory::memory;
use crate::parts::Channel;

/// The highest high, the middle, and the lowest low.
pub struct Donchian {
    channel: Channel,
}

memory!(Donchian { channel });

impl Donchian {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            channel: Channel::of(timeperiod),
        }
    }
}

impl Indicator<2, 3> for Donchian {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 3]> {
        let (highest, lowest) = self.channel.push(high, low)?;
        Some([highest, (highest + lowest) / 2.0, lowest])
    }

    #[inline(always)]
    fn block(mut self, [high, low]: [&[f64]; 2], [highest, middle, lowest]: [&mut [f64]; 3]) -> Self {
        let cold = self.channel.columns(high, low, highest, lowest);
        for ((place, highest), lowest) in middle.iter_mut().zip(&*highest).zip(&*lowest) {
            *place = (highest + lowest) / 2.0;
        }
        chill([highest, middle, lowest], cold);
        self
    }
}
