//! Prices followed on some days only, and the volume of their changes.

use crate::columns::{add_up, all_are, beyond, none};
use crate::indicator::{BLOCK, Indicator};
use crate::memory::memory;
use crate::number::{LARGE, lower, near_rest, rested};
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

    #[inline(always)]
    fn block(mut self, [close, volume]: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        let first = self.close.lagged(close, out);
        for ((place, close), volume) in out.iter_mut().zip(close).zip(volume) {
            *place = volume * ((close - *place) / *place);
        }
        out[..first].fill(0.0);
        add_up(&mut self.total, out);
        self
    }
}

/// 1,000 at first, and as the close on some rows only.
struct Followed {
    close: Last,
    volume: Last,
    value: f64,
}

memory!(Followed { close, volume, value });

impl Followed {
    fn none() -> Self {
        Self {
            close: Last::none(),
            volume: Last::none(),
            value: 1000.0,
        }
    }

    /// Takes a row; `counts` says of its volume and the one before whether it is followed.
    #[inline]
    fn push(&mut self, close: f64, volume: f64, counts: impl Fn(f64, f64) -> bool) -> f64 {
        if let Some((last, last_volume)) = self.close.push(close).zip(self.volume.push(volume))
            && counts(volume, last_volume)
        {
            self.value = rested(lower(self.value * (close / last), LARGE));
        }
        self.value
    }

    /// As `push` for each.
    #[inline(always)]
    fn column(&mut self, [closes, volumes]: [&[f64]; 2], out: &mut [f64], counts: impl Fn(f64, f64) -> bool) {
        let rows = out.len();
        let mut lasts = [0.0; BLOCK];
        let lasts = &mut lasts[..rows];
        let first = self.close.lagged(closes, out);
        self.volume.lagged(volumes, lasts);
        // A factor of 1 changes no number.
        for (((place, &close), &volume), &last_volume) in out.iter_mut().zip(closes).zip(volumes).zip(&*lasts) {
            let change = close / *place;
            *place = if counts(volume, last_volume) { change } else { 1.0 };
        }
        out[..first].fill(1.0);
        if all_are(1.0, out) {
            return out.fill(self.value);
        }
        lasts.copy_from_slice(out);
        let mut value = self.value;
        for place in &mut *out {
            value *= *place;
            *place = value;
        }
        if none(out.iter().map(|&value| near_rest(value) | beyond(value, LARGE))) {
            self.value = value;
            return;
        }
        for (place, factor) in out.iter_mut().zip(lasts) {
            self.value = rested(lower(self.value * *factor, LARGE));
            *place = self.value;
        }
    }
}

/// 1,000 at first, and as the close on rows with less volume than the one before.
pub struct Nvi {
    followed: Followed,
}

memory!(Nvi { followed });

impl Nvi {
    pub(crate) fn of() -> Self {
        Self {
            followed: Followed::none(),
        }
    }
}

impl Indicator<2, 1> for Nvi {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        Some([self.followed.push(close, volume, |volume, last| volume < last)])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        self.followed.column(row, out, |volume, last| volume < last);
        self
    }
}

/// 1,000 at first, and as the close on rows with more volume than the one before.
pub struct Pvi {
    followed: Followed,
}

memory!(Pvi { followed });

impl Pvi {
    pub(crate) fn of() -> Self {
        Self {
            followed: Followed::none(),
        }
    }
}

impl Indicator<2, 1> for Pvi {
    #[inline]
    fn update(&mut self, [close, volume]: [f64; 2]) -> Option<[f64; 1]> {
        Some([self.followed.push(close, volume, |volume, last| volume > last)])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 2], [out]: [&mut [f64]; 1]) -> Self {
        self.followed.column(row, out, |volume, last| volume > last);
        self
    }
}
