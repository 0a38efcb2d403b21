//! The awesome oscillator.

use crate::indicator::{BLOCK, Indicator, chill};
use crate::memory::memory;
use crate::parts::Sum;

/// A fast less a slow mean of the middle of the bar.
pub struct Ao {
    fast: Sum,
    slow: Sum,
}

memory!(Ao { fast, slow });

impl Ao {
    pub(crate) fn of(fastperiod: usize, slowperiod: usize) -> Self {
        Self {
            fast: Sum::of(fastperiod),
            slow: Sum::of(slowperiod),
        }
    }
}

impl Indicator<2, 1> for Ao {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 1]> {
        let middle = (high + low) / 2.0;
        let fast = self.fast.mean(middle);
        let slow = self.slow.mean(middle)?;
        Some([fast? - slow])
    }

    #[inline(always)]
    fn block(mut self, [high, low]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let (mut middles, mut slow) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (middles, slow) = (&mut middles[..out.len()], &mut slow[..out.len()]);
        for ((place, high), low) in middles.iter_mut().zip(high).zip(low) {
            *place = (high + low) / 2.0;
        }
        let cold = self.fast.means(middles, out).max(self.slow.means(middles, slow));
        for (fast, slow) in out.iter_mut().zip(slow) {
            *fast -= *slow;
        }
        chill([out], cold);
        self
    }
}
