//! True range, and its average.

use crate::indicator::{BLOCK_OF_MANY, Indicator, Single, chill};
use crate::memory::memory;
use crate::number::true_range;
use crate::parts::Last;
use crate::trend::Rma;

/// The greatest of high less low, high from the last close, and low from the last close.
pub(crate) struct TrueRange {
    close: Last,
}

memory!(TrueRange { close });

impl TrueRange {
    pub(crate) fn none() -> Self {
        Self { close: Last::none() }
    }

    /// Takes a row; the range from the second on.
    #[inline]
    pub(crate) fn push(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        self.close.push(close).map(|last| true_range(high, low, last))
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, [high, low, close]: [&[f64]; 3], out: &mut [f64]) -> usize {
        let Some(&newest) = close.last() else {
            return 0;
        };
        let before = self.close.push(newest);
        out[0] = before.map_or(0.0, |last| true_range(high[0], low[0], last));
        for (((place, &high), &low), &last) in out[1..].iter_mut().zip(&high[1..]).zip(&low[1..]).zip(close) {
            *place = true_range(high, low, last);
        }
        usize::from(before.is_none())
    }
}

/// The true range.
pub struct Trange {
    range: TrueRange,
}

memory!(Trange { range });

impl Trange {
    pub(crate) fn of() -> Self {
        Self {
            range: TrueRange::none(),
        }
    }
}

impl Indicator<3, 1> for Trange {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        self.range.push(high, low, close).map(|range| [range])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 3], [out]: [&mut [f64]; 1]) -> Self {
        let cold = self.range.column(row, out);
        chill([out], cold);
        self
    }
}

/// Wilder's average of the true range.
pub struct Atr {
    range: TrueRange,
    average: Rma,
}

memory!(Atr { range, average });

impl Atr {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            range: TrueRange::none(),
            average: Rma::of(timeperiod),
        }
    }

    /// As `update` for each; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, row: [&[f64]; 3], out: &mut [f64]) -> usize {
        let mut ranges = [0.0; BLOCK_OF_MANY];
        let ranges = &mut ranges[..out.len()];
        let first = self.range.column(row, ranges);
        first + self.average.column(&ranges[first..], &mut out[first..])
    }
}

impl Indicator<3, 1> for Atr {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let moved = self.range.push(high, low, close)?;
        self.average.next(moved).map(|average| [average])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 3], [out]: [&mut [f64]; 1]) -> Self {
        let cold = self.column(row, out);
        chill([out], cold);
        self
    }
}

/// The same in percent of the close.
pub struct Natr {
    atr: Atr,
}

memory!(Natr { atr });

impl Natr {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            atr: Atr::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for Natr {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        let [atr] = self.atr.update([high, low, close])?;
        Some([atr / close * 100.0])
    }

    #[inline(always)]
    fn block(mut self, row: [&[f64]; 3], [out]: [&mut [f64]; 1]) -> Self {
        let cold = self.atr.column(row, out);
        for (atr, close) in out.iter_mut().zip(row[2]) {
            *atr = *atr / close * 100.0;
        }
        chill([out], cold);
        self
    }
}
