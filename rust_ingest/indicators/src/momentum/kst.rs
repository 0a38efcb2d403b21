//! Know sure thing.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::parts::{Sum, Window};

/// Four smoothed rates of change, weighted 1 to 4, and the mean of their sum.
pub struct Kst {
    windows: [Window; 4],
    means: [Sum; 4],
    signal: Sum,
}

memory!(Kst { windows, means, signal });

impl Kst {
    #[expect(clippy::too_many_arguments, reason = "the definition has them")]
    pub(crate) fn of(
        roc1period: usize,
        roc2period: usize,
        roc3period: usize,
        roc4period: usize,
        sma1period: usize,
        sma2period: usize,
        sma3period: usize,
        sma4period: usize,
        signalperiod: usize,
    ) -> Self {
        Self {
            windows: [roc1period, roc2period, roc3period, roc4period].map(Window::of),
            means: [sma1period, sma2period, sma3period, sma4period].map(Sum::of),
            signal: Sum::of(signalperiod),
        }
    }
}

impl Indicator<1, 2> for Kst {
    #[inline]
    fn update(&mut self, [close]: [f64; 1]) -> Option<[f64; 2]> {
        let (mut total, mut warm) = (0.0, true);
        for (place, window) in self.windows.iter_mut().enumerate() {
            let before = window.push(close);
            let mean = before.and_then(|before| self.means[place].mean((close / before - 1.0) * 100.0));
            match mean {
                Some(mean) => total += (place + 1) as f64 * mean,
                None => warm = false,
            }
        }
        if !warm {
            return None;
        }
        self.signal.mean(total).map(|signal| [total, signal])
    }
}
