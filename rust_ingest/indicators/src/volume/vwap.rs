//! The volume-weighted average price.

use crate::indicator::{BLOCK_OF_MANY, Indicator};
use crate::memory::memory;
use crate::number::{ratio, typical};
use crate::parts::Last;

/// Turnover at the typical price by volume, since the first row; the typical price itself before there is volume.
pub struct Vwap {
    traded: f64,
    volume: f64,
}

memory!(Vwap { traded, volume });

impl Vwap {
    pub(crate) fn of() -> Self {
        Self {
            traded: 0.0,
            volume: 0.0,
        }
    }
}

impl Indicator<4, 1> for Vwap {
    #[inline]
    fn update(&mut self, [high, low, close, volume]: [f64; 4]) -> Option<[f64; 1]> {
        let price = typical(high, low, close);
        self.traded += price * volume;
        self.volume += volume;
        Some([ratio(self.traded, self.volume, price)])
    }

    #[inline(always)]
    fn block(mut self, [high, low, close, volume]: [&[f64]; 4], [out]: [&mut [f64]; 1]) -> Self {
        let rows = out.len();
        let (mut prices, mut volumes) = ([0.0; BLOCK_OF_MANY], [0.0; BLOCK_OF_MANY]);
        let (prices, volumes) = (&mut prices[..rows], &mut volumes[..rows]);
        for (((place, &high), &low), &close) in prices.iter_mut().zip(high).zip(low).zip(close) {
            *place = typical(high, low, close);
        }
        for (((price, traded), volume), total) in prices.iter().zip(&mut *out).zip(volume).zip(&mut *volumes) {
            self.traded += price * volume;
            self.volume += volume;
            (*traded, *total) = (self.traded, self.volume);
        }
        for ((place, &price), &volume) in out.iter_mut().zip(&*prices).zip(&*volumes) {
            *place = ratio(*place, volume, price);
        }
        self
    }
}

/// The same since the row at which `session` was last another number.
pub struct AnchoredVwap {
    session: Last,
    vwap: Vwap,
}

memory!(AnchoredVwap { session, vwap });

impl AnchoredVwap {
    pub(crate) fn of() -> Self {
        Self {
            session: Last::none(),
            vwap: Vwap::of(),
        }
    }
}

impl Indicator<5, 1> for AnchoredVwap {
    #[inline]
    fn update(&mut self, [high, low, close, volume, session]: [f64; 5]) -> Option<[f64; 1]> {
        if self.session.push(session) != Some(session) {
            self.vwap = Vwap::of();
        }
        self.vwap.update([high, low, close, volume])
    }
}
