//! Averages of averages.

use super::average::Average;
use crate::columns::{all_one, negative, none};
use crate::indicator::Single;
use crate::memory::memory;

/// Averages with the same memory, each of the one before.
pub(crate) struct Cascade<const N: usize> {
    averages: [Average; N],
}

memory!(Cascade<const N: usize> { averages });

impl<const N: usize> Cascade<N> {
    pub(crate) fn of(average: impl Fn() -> Average) -> Self {
        Self {
            averages: std::array::from_fn(|_| average()),
        }
    }

    /// Takes a value; all averages once the last has one.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<[f64; N]> {
        let mut found = [0.0; N];
        let mut value = value;
        for (average, place) in self.averages.iter_mut().zip(&mut found) {
            value = average.next(value)?;
            *place = value;
        }
        Some(found)
    }

    /// What `of` makes of the averages of each; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64], of: impl Fn(&[f64; N]) -> f64) -> usize {
        let (mut begun, mut cold) = (0, 0);
        while begun < values.len() && !self.averages[N - 1].is_warm() {
            match self.push(values[begun]) {
                Some(first) => out[begun] = of(&first),
                None => cold += 1,
            }
            begun += 1;
        }
        let (values, out) = (&values[begun..], &mut out[begun..values.len()]);
        if self.rest(values, out, &of) {
            return cold;
        }
        let off = none(values.iter().map(|&value| negative(value)));
        if !off || !self.averages.iter().all(|average| average.stays_off(values.len())) {
            for (&value, place) in values.iter().zip(out) {
                *place = self.push(value).map_or(f64::NAN, |found| of(&found));
            }
            return cold;
        }
        // They lie in registers, and each works on while the one after it waits.
        let [keep, share, _] = self.averages[0].state();
        let mut averages: [f64; N] = std::array::from_fn(|side| self.averages[side].state()[2]);
        for (&value, place) in values.iter().zip(out) {
            let mut value = value;
            for average in &mut averages {
                *average = *average * keep + value * share;
                value = *average;
            }
            *place = of(&averages);
        }
        for (average, found) in self.averages.iter_mut().zip(averages) {
            average.set(found);
        }
        cold
    }

    /// Takes one value over and over, if they are that: once it is there, nothing moves.
    #[inline(always)]
    fn rest(&mut self, values: &[f64], out: &mut [f64], of: impl Fn(&[f64; N]) -> f64) -> bool {
        if !all_one(values) {
            return false;
        }
        for index in 0..values.len() {
            let before = self.averages.each_ref().map(|average| average.state()[2]);
            let found = self.push(values[index]).expect("all are warm");
            out[index] = of(&found);
            if found == before {
                let there = out[index];
                out[index..].fill(there);
                break;
            }
        }
        true
    }
}
