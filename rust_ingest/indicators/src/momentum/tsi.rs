//! The true strength index.

use crate::columns::all_one;
use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::{Average, Beside, Last};
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

impl Tsi {
    /// The index with each change, if all averages have begun and none rests; else nothing is taken.
    #[inline(always)]
    fn moving(&mut self, changes: &[f64], out: &mut [f64]) -> bool {
        let both = |level: usize| Beside::of([&self.changes[level], &self.sizes[level]]);
        let Some((mut once, mut twice)) = both(0).zip(both(1)) else {
            return false;
        };
        for (place, &change) in out.iter_mut().zip(changes) {
            let averages = once.step([change, change.abs()]);
            let [change, size] = twice.step(averages);
            *place = 100.0 * (change / size);
        }
        let moved = once.moved() && twice.moved();
        if moved {
            let ([change, change_twice], [size, size_twice]) = (self.changes.each_mut(), self.sizes.each_mut());
            once.settle([change, size]);
            twice.settle([change_twice, size_twice]);
        }
        moved
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

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let rows = values.len();
        let (mut moves, mut sizes) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (moves, sizes) = (&mut moves[..rows], &mut sizes[..rows]);
        let first = self.last.lagged(values, moves);
        for (place, close) in moves.iter_mut().zip(values) {
            *place = close - *place;
        }
        let moves = &mut moves[first..];
        if first == 0 && !all_one(moves) && self.moving(moves, out) {
            return 0;
        }
        let (mut once, mut sizes_once) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (once, sizes_once) = (&mut once[..moves.len()], &mut sizes_once[..moves.len()]);
        let [changes, changes_twice] = self.changes.each_mut();
        let [widths, widths_twice] = self.sizes.each_mut();
        for (place, change) in sizes.iter_mut().zip(&*moves) {
            *place = change.abs();
        }
        let [cold, _] = Average::columns([changes, widths], [moves, &sizes[..moves.len()]], [once, sizes_once]);
        let (out, sizes) = (&mut out[..rows], &mut sizes[..rows]);
        let begun = first + cold;
        let [twice, _] = Average::columns(
            [changes_twice, widths_twice],
            [&once[cold..], &sizes_once[cold..]],
            [&mut out[begun..], &mut sizes[begun..]],
        );
        for (place, size) in out.iter_mut().zip(sizes) {
            *place = 100.0 * ratio(*place, *size, 0.0);
        }
        first + cold + twice
    }
}
