//! Averages that remember a part of themselves.

use super::count::Count;
use crate::columns::{all_one, none};
use crate::indicator::{Single, by_rows};
use crate::memory::memory;
use crate::number::{is_near_rest, rested};

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

    /// Takes values, of which each has a place in `out`; it is warm.
    #[inline(always)]
    fn warm_column(&mut self, values: &[f64], out: &mut [f64]) {
        if all_one(values) {
            return self.rest(values[0], out);
        }
        // All shares first: the sums wait for each other, and for nothing else.
        for (place, value) in out.iter_mut().zip(values) {
            *place = value * self.share;
        }
        let (keep, mut average) = (self.keep, self.average);
        for place in &mut *out {
            average = average * keep + *place;
            *place = average;
        }
        self.settle(average, values, out);
    }

    /// As `column` for each of two: neither waits for the other.
    #[inline(always)]
    pub(crate) fn columns(both: [&mut Self; 2], values: [&[f64]; 2], out: [&mut [f64]; 2]) -> [usize; 2] {
        let [one, other] = both;
        let rows = values[0].len();
        let [out, other_out] = out;
        if !one.is_warm() || !other.is_warm() || values[1].len() != rows || all_one(values[0]) || all_one(values[1]) {
            return [one.column(values[0], out), other.column(values[1], other_out)];
        }
        let (out, other_out) = (&mut out[..rows], &mut other_out[..rows]);
        for index in 0..rows {
            out[index] = values[0][index] * one.share;
            other_out[index] = values[1][index] * other.share;
        }
        let (keeps, mut averages) = ([one.keep, other.keep], [one.average, other.average]);
        for index in 0..rows {
            averages[0] = averages[0] * keeps[0] + out[index];
            averages[1] = averages[1] * keeps[1] + other_out[index];
            out[index] = averages[0];
            other_out[index] = averages[1];
        }
        one.settle(averages[0], values[0], out);
        other.settle(averages[1], values[1], other_out);
        [0, 0]
    }

    /// Keeps the last average, or does over again what came near to rest.
    #[inline(always)]
    fn settle(&mut self, average: f64, values: &[f64], out: &mut [f64]) {
        if none(out.iter().map(|&average| is_near_rest(average))) {
            self.average = average;
            return;
        }
        for (place, &value) in out.iter_mut().zip(values) {
            *place = self.step(value);
        }
    }

    /// Takes one value over and over: once it is there, the average stays.
    #[inline]
    fn rest(&mut self, value: f64, out: &mut [f64]) {
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
