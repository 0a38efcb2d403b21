//! Averages that remember a part of themselves.

use super::count::Count;
use crate::columns::{all_one, none, within};
use crate::indicator::{Single, by_rows};
use crate::memory::memory;
use crate::number::{REST, none_rests, rested};

/// Far from rest.
const FAR: f64 = 1e-140;

/// `average * keep + value * share`, begun by the mean of the first n values.
pub(crate) struct Average {
    keep: f64,
    share: f64,
    count: Count,
    /// The sum of the values before there are enough.
    average: f64,
}

memory!(Average { count, average });

impl Average {
    pub(crate) fn of(timeperiod: usize, keep: f64, share: f64) -> Self {
        Self {
            keep,
            share,
            count: Count::to(timeperiod),
            average: 0.0,
        }
    }

    /// It has an average.
    #[inline]
    pub(crate) fn is_warm(&self) -> bool {
        self.count.is_done()
    }

    /// Takes values, of which each has a place in `out`; it is warm.
    #[inline(always)]
    fn warm_column(&mut self, values: &[f64], out: &mut [f64]) {
        if all_one(values) {
            return self.rest(values[0], out);
        }
        let values = &values[..out.len()];
        if !Self::together([self], [&mut *out], |_, index, _| values[index]) {
            by_rows(values, out, |value| Some(self.step(value)));
        }
    }

    /// As `column` for each of two: neither waits for the other.
    #[inline(always)]
    pub(crate) fn columns(both: [&mut Self; 2], values: [&[f64]; 2], [out, other_out]: [&mut [f64]; 2]) -> [usize; 2] {
        let [one, other] = both;
        let rows = values[0].len();
        if one.is_warm() && other.is_warm() && values[1].len() == rows && !all_one(values[0]) && !all_one(values[1]) {
            let values = values.map(|values| &values[..rows]);
            let outputs = [&mut out[..rows], &mut other_out[..rows]];
            if Self::together([&mut *one, &mut *other], outputs, |side, index, _| values[side][index]) {
                return [0, 0];
            }
        }
        [one.column(values[0], out), other.column(values[1], other_out)]
    }

    /// Takes as many rows as there are places; all averages are warm. What each takes is given by its side, the row, and the
    /// averages, of which those before it have taken the row: none waits for another longer than it must. Where one comes
    /// near to rest none has taken anything, and they must go row by row.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "a row of several columns")]
    pub(crate) fn together<const N: usize>(
        averages: [&mut Self; N],
        out: [&mut [f64]; N],
        mut value: impl FnMut(usize, usize, &[f64; N]) -> f64,
    ) -> bool {
        let rows = out[0].len();
        let out = out.map(|out| &mut out[..rows]);
        let keeps: [f64; N] = std::array::from_fn(|side| averages[side].keep);
        let shares: [f64; N] = std::array::from_fn(|side| averages[side].share);
        let mut found: [f64; N] = std::array::from_fn(|side| averages[side].average);
        for index in 0..rows {
            for side in 0..N {
                found[side] = found[side] * keeps[side] + value(side, index, &found) * shares[side];
                out[side][index] = found[side];
            }
        }
        let moves = out.iter().all(|out| none_rests(out));
        if moves {
            for (average, found) in averages.into_iter().zip(found) {
                average.average = found;
            }
        }
        moves
    }

    /// A warm one takes values that are not below zero, `rows` of them at most: it comes near to rest in none of them. At worst
    /// all are zero, and it keeps its part each time; what rounding takes from that is nothing beside the distance.
    #[inline]
    pub(crate) fn stays_off(&self, rows: usize) -> bool {
        self.average * self.keep.powi(rows as i32) > FAR
    }

    /// A warm one's: how much it keeps, the share of a value, and itself.
    #[inline]
    pub(crate) fn state(&self) -> [f64; 3] {
        [self.keep, self.share, self.average]
    }

    /// Goes on from there.
    #[inline]
    pub(crate) fn set(&mut self, average: f64) {
        self.average = average;
    }

    /// A warm one takes one value over and over: once it is there, the average stays.
    #[inline]
    pub(crate) fn rest(&mut self, value: f64, out: &mut [f64]) {
        for index in 0..out.len() {
            let before = self.average;
            out[index] = self.step(value);
            if self.average == before {
                out[index..].fill(self.average);
                return;
            }
        }
    }

    /// Takes a value; it is warm.
    #[inline]
    fn step(&mut self, value: f64) -> f64 {
        self.average = rested(self.average * self.keep + value * self.share);
        self.average
    }
}

/// Two averages, of which one step takes no longer than that of one.
pub(crate) struct Beside {
    keeps: [f64; 2],
    shares: [f64; 2],
    averages: [f64; 2],
    doubts: [u64; 2],
}

impl Beside {
    /// Where both are warm.
    #[inline(always)]
    pub(crate) fn of([one, other]: [&Average; 2]) -> Option<Self> {
        (one.is_warm() && other.is_warm()).then_some(Self {
            keeps: [one.keep, other.keep],
            shares: [one.share, other.share],
            averages: [one.average, other.average],
            doubts: [0; 2],
        })
    }

    /// Each takes its value.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "a step of both")]
    pub(crate) fn step(&mut self, values: [f64; 2]) -> [f64; 2] {
        for side in 0..2 {
            self.averages[side] = self.averages[side] * self.keeps[side] + values[side] * self.shares[side];
            self.doubts[side] |= within(self.averages[side], REST);
        }
        self.averages
    }

    /// Neither came near to rest, or was at rest: if one did, all must go row by row.
    #[inline(always)]
    pub(crate) fn moved(&self) -> bool {
        none(self.doubts.into_iter())
    }

    /// Puts them back.
    #[inline(always)]
    pub(crate) fn settle(self, averages: [&mut Average; 2]) {
        for (average, found) in averages.into_iter().zip(self.averages) {
            average.average = found;
        }
    }
}

impl Single for Average {
    #[inline]
    fn next(&mut self, value: f64) -> Option<f64> {
        if self.is_warm() {
            return Some(self.step(value));
        }
        self.average += value;
        self.count.add();
        if !self.is_warm() {
            return None;
        }
        self.average /= self.count.needed();
        Some(self.average)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let begun = values.len().min(self.count.missing());
        let cold = by_rows(&values[..begun], out, |value| self.next(value));
        self.warm_column(&values[begun..], &mut out[begun..values.len()]);
        cold
    }
}
