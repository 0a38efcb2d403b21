//! On-balance volume.

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
}
