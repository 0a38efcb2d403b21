//! The true strength index.

use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Average, Last};
use crate::trend::exponential;

/// The change, twice smoothed, in percent of its size, twice smoothed; 0 where nothing moved.
pub struct Tsi {
    last: Last,
    changes: [Average; 2],
    sizes: [Average; 2],
}

memory!(Tsi { last, changes, sizes });

impl Tsi {
    pub(crate) fn of(firstperiod: usize, secondperiod: usize) -> Self {
        let twice = || [firstperiod, secondperiod].map(exponential);
        Self {
            last: Last::none(),
            changes: twice(),
            sizes: twice(),
        }
    }
}

impl Single for Tsi {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let last = self.last.push(close)?;
        let change = self.changes[0].next(close - last);
        let size = self.sizes[0].next((close - last).abs())?;
        let change = self.changes[1].next(change?);
        let size = self.sizes[1].next(size)?;
        Some(100.0 * ratio(change?, size, 0.0))
    }

    #[inline]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let rows = values.len();
        let (mut moves, mut sizes) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (moves, sizes) = (&mut moves[..rows], &mut sizes[..rows]);
        let first = self.last.lagged(values, moves);
        for (place, close) in moves.iter_mut().zip(values) {
            *place = close - *place;
        }
        let moves = &mut moves[first..];
        let mut once = [0.0; BLOCK];
        let once = &mut once[..moves.len()];
        let cold = self.changes[0].column(moves, once);
        self.changes[1].column(&once[cold..], &mut out[first + cold..]);
        moves.iter_mut().for_each(|change| *change = change.abs());
        self.sizes[0].column(moves, once);
        let twice = self.sizes[1].column(&once[cold..], &mut sizes[first + cold..]);
        for (place, size) in out.iter_mut().zip(sizes) {
            *place = 100.0 * ratio(*place, *size, 0.0);
        }
        first + cold + twice
    }
}
