//! On-balance volume.

use crate::columns::{add_up, all_are};
use crate::indicator::Indicator;
use crate::memory::memory;
use crate::parts::Last;

/// The volume of rows that rose less that of rows that fell, begun by the first row's volume (TA-Lib).
pub struct Obv {
    close: Last,
    total: f64,
}

memory!(Obv { close, total });

impl Obv {
    pub(crate) fn of() -> Self {
        Self {
            close: Last::none(),
            total: 0.0,
        }
    }
}

impl Indicator<2, 1> for Obv {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        match self.close.push(close) {
            None => self.total = volume,
            Some(last) if close > last => self.total += volume,
            Some(last) if close < last => self.total -= volume,
            Some(_) => {}
        }
        Some([self.total])
    }

    #[inline(always)]
    fn block(mut self, [close, volume]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        if self.close.get().is_some_and(|last| all_are(last, close)) {
            out.fill(self.total);
            return self;
        }
        let first = self.close.lagged(close, out);
        if first == 1 {
            self.total = volume[0];
            out[0] = self.total;
        }
        for ((place, &close), &volume) in out.iter_mut().zip(close).zip(volume).skip(first) {
            let (last, down) = (*place, -volume);
            let up = if close > last { volume } else { 0.0 };
            *place = if close < last { down } else { up };
        }
        add_up(&mut self.total, &mut out[first..]);
        self
    }
}
