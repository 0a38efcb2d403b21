//! Prices followed on some days only, and the volume of their changes.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{LARGE, lower, rested};
use crate::parts::Last;

/// The sum of the volume, each by how much the close has risen, as a part.
pub struct Pvt {
    close: Last,
    total: f64,
}

memory!(Pvt { close, total });

impl Pvt {
    pub(crate) fn of() -> Self {
        Self {
            close: Last::none(),
            total: 0.0,
        }
    }
}

impl Indicator<2, 1> for Pvt {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        if let Some(last) = self.close.push(close) {
            self.total += volume * ((close - last) / last);
        }
        Some([self.total])
    }
}

/// 1,000 at first, and as the close on rows with less volume than the one before.
pub struct Nvi {
    close: Last,
    volume: Last,
    value: f64,
}

memory!(Nvi { close, volume, value });

impl Nvi {
    pub(crate) fn of() -> Self {
        Self {
            close: Last::none(),
            volume: Last::none(),
            value: 1000.0,
        }
    }
}

impl Indicator<2, 1> for Nvi {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        let last = self.close.push(close).zip(self.volume.push(volume));
        if let Some((last, last_volume)) = last
            && volume < last_volume
        {
            self.value = rested(lower(self.value * (close / last), LARGE));
        }
        Some([self.value])
    }
}

/// 1,000 at first, and as the close on rows with more volume than the one before.
pub struct Pvi {
    close: Last,
    volume: Last,
    value: f64,
}

memory!(Pvi { close, volume, value });

impl Pvi {
    pub(crate) fn of() -> Self {
        Self {
            close: Last::none(),
            volume: Last::none(),
            value: 1000.0,
        }
    }
}

impl Indicator<2, 1> for Pvi {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        let last = self.close.push(close).zip(self.volume.push(volume));
        if let Some((last, last_volume)) = last
            && volume > last_volume
        {
            self.value = rested(lower(self.value * (close / last), LARGE));
        }
        Some([self.value])
    }
}
