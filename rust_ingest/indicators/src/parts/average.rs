//! Averages that remember a part of themselves.

use super::count::Count;
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
    #[inline]
    fn warm_column(&mut self, values: &[f64], out: &mut [f64]) {
        // All shares first: the sums wait for each other, and for nothing else.
        for (place, value) in out.iter_mut().zip(values) {
            *place = value * self.share;
        }
        let (keep, mut average) = (self.keep, self.average);
        for place in &mut *out {
            average = average * keep + *place;
            *place = average;
        }
        if out.iter().fold(false, |near, &average| near | is_near_rest(average)) {
            for (place, &value) in out.iter_mut().zip(values) {
                *place = self.step(value);
            }
        } else {
            self.average = average;
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

    #[inline]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let begun = values.len().min(self.count.missing());
        let cold = by_rows(&values[..begun], out, |value| self.next(value));
        self.warm_column(&values[begun..], &mut out[begun..values.len()]);
        cold
    }
}
