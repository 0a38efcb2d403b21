//! The money flow index.

use crate::indicator::{BLOCK_OF_MANY, Indicator, chill};
use crate::memory::memory;
use crate::number::{ratio, typical};
use crate::parts::{Last, Sums};

/// The turnover of rows whose typical price rose, in percent of that of rows in which it moved; 0 where none did.
pub struct Mfi {
    last: Last,
    /// Of rising and falling rows.
    sums: Sums<2>,
}

memory!(Mfi { last, sums });

impl Mfi {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            last: Last::none(),
            sums: Sums::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for Mfi {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 1]> {
        let price = typical(high, low, close);
        let last = self.last.push(price)?;
        let sums = self.sums.push(flows(price, last, volume))?;
        Some([share(sums)])
    }

    #[inline(always)]
    fn block(mut self, [high, low, close, volume]: [&[f64]; 4], [out]: [&mut [f64]; 1]) -> Self {
        let rows = out.len();
        let (mut prices, mut rising, mut falling) = ([0.0; BLOCK_OF_MANY], [0.0; BLOCK_OF_MANY], [0.0; BLOCK_OF_MANY]);
        let (prices, rising, falling) = (&mut prices[..rows], &mut rising[..rows], &mut falling[..rows]);
        for (((place, &high), &low), &close) in prices.iter_mut().zip(high).zip(low).zip(close) {
            *place = typical(high, low, close);
        }
        let first = self.last.lagged(prices, rising);
        for (((&price, &volume), rising), falling) in prices.iter().zip(volume).zip(&mut *rising).zip(&mut *falling) {
            [*rising, *falling] = flows(price, *rising, volume);
        }
        let sums = [&mut out[first..], &mut prices[first..]];
        let cold = first + self.sums.columns([&rising[first..], &falling[first..]], sums);
        for (place, falling) in out.iter_mut().zip(prices) {
            *place = share([*place, *falling]);
        }
        chill([out], cold);
        self
    }
}

/// Turnover where the price rose, and where it fell.
#[inline(always)]
fn flows(price: f64, last: f64, volume: f64) -> [f64; 2] {
    let flow = price * volume;
    [
        if price > last { flow } else { 0.0 },
        if price < last { flow } else { 0.0 },
    ]
}

#[inline]
fn share([rising, falling]: [f64; 2]) -> f64 {
    100.0 * ratio(rising, rising + falling, 0.0)
}
