//! Ichimoku kinko hyo.

use crate::indicator::{BLOCK, Indicator};
use crate::memory::memory;
use crate::parts::Channel;

/// The middle between the highest high and the lowest low.
pub(crate) struct Middle {
    channel: Channel,
}

memory!(Middle { channel });

impl Middle {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            channel: Channel::of(length),
        }
    }

    /// Takes a row; the middle once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, high: f64, low: f64) -> Option<f64> {
        let (highest, lowest) = self.channel.push(high, low)?;
        Some((highest + lowest) / 2.0)
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, high: &[f64], low: &[f64], out: &mut [f64]) -> usize {
        let mut lowest = [0.0; BLOCK];
        let cold = self.channel.columns(high, low, out, &mut lowest);
        for (place, lowest) in out.iter_mut().zip(&lowest) {
            *place = (*place + lowest) / 2.0;
        }
        cold
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
