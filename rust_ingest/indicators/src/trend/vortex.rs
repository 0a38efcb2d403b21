//! The vortex indicator.

use crate::indicator::{BLOCK_OF_MANY, Indicator, chill};
use crate::memory::memory;
use crate::number::{ratio, true_range};
use crate::parts::{Last, Sums};

/// The ways from the last low to the high, and from the last high to the low, by the true range, over n rows.
pub struct Vortex {
    high: Last,
    low: Last,
    close: Last,
    /// Of the way up, the way down and the true range.
    sums: Sums<3>,
}

memory!(Vortex { high, low, close, sums });

impl Vortex {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            high: Last::none(),
            low: Last::none(),
            close: Last::none(),
            sums: Sums::of(timeperiod),
        }
    }
}

impl Indicator<3, 2> for Vortex {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 2]> {
        let last_row = self.high.push(high).zip(self.low.push(low));
        let (last_row, last_close) = last_row.zip(self.close.push(close))?;
        let [plus, minus, moved] = self.sums.push(ways(high, low, last_row, last_close))?;
        Some([ratio(plus, moved, 0.0), ratio(minus, moved, 0.0)])
    }

    #[inline(always)]
    fn block(mut self, [high, low, close]: [&[f64]; 3], [plus, minus]: [&mut [f64]; 2]) -> Self {
        let rows = plus.len();
        let (mut up, mut down, mut moved, mut ranges) = (
            [0.0; BLOCK_OF_MANY],
            [0.0; BLOCK_OF_MANY],
            [0.0; BLOCK_OF_MANY],
            [0.0; BLOCK_OF_MANY],
        );
        let (up, down, moved, ranges) = (
            &mut up[..rows],
            &mut down[..rows],
            &mut moved[..rows],
            &mut ranges[..rows],
        );
        let (high, low, minus) = (&high[..rows], &low[..rows], &mut minus[..rows]);
        let first = self.high.lagged(high, up);
        self.low.lagged(low, down);
        self.close.lagged(close, moved);
        for index in 0..rows {
            let last_row = (up[index], down[index]);
            [up[index], down[index], moved[index]] = ways(high[index], low[index], last_row, moved[index]);
        }
        let ways = [&up[first..], &down[first..], &moved[first..]];
        let sums = [&mut plus[first..], &mut minus[first..], &mut ranges[first..]];
        let cold = first + self.sums.columns(ways, sums);
        for index in 0..rows {
            plus[index] = ratio(plus[index], ranges[index], 0.0);
            minus[index] = ratio(minus[index], ranges[index], 0.0);
        }
        chill([plus, minus], cold);
        self
    }
}

/// Up, down, and the true range.
#[inline]
fn ways(high: f64, low: f64, (last_high, last_low): (f64, f64), last_close: f64) -> [f64; 3] {
    [
        (high - last_low).abs(),
        (low - last_high).abs(),
        true_range(high, low, last_close),
    ]
}
