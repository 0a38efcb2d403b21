//! The true strength index.

use crate::columns::all_one;
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
        let (mut once, mut sizes_once) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (once, sizes_once) = (&mut once[..moves.len()], &mut sizes_once[..moves.len()]);
        let [changes, changes_twice] = self.changes.each_mut();
        let [widths, widths_twice] = self.sizes.each_mut();
        let warm = changes_twice.is_warm() && widths_twice.is_warm();
        if first == 0 && warm && !all_one(moves) {
            let mut sizes_twice = [0.0; BLOCK];
            let sizes_twice = &mut sizes_twice[..rows];
            let averages = [&mut *changes, &mut *widths, &mut *changes_twice, &mut *widths_twice];
            let outputs = [&mut *once, &mut *sizes_once, &mut out[..rows], &mut *sizes_twice];
            let done = Average::together(averages, outputs, |side, index, found| match side {
                0 => moves[index],
                1 => moves[index].abs(),
                _ => found[side - 2],
            });
            if done {
                for (place, size) in out.iter_mut().zip(sizes_twice) {
                    *place = 100.0 * ratio(*place, *size, 0.0);
                }
                return 0;
            }
        }
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
