//! Averages of averages.

use super::average::Average;
use crate::indicator::Single;
use crate::memory::memory;
use crate::number::is_near_rest;

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
        // Warm, they lie in registers, and each works on while the one after it waits.
        let [keep, share, _] = self.averages[0].state();
        let mut averages = self
            .averages
            .each_ref()
            .map(Average::state)
            .map(|[.., average]| average);
        let mut near = false;
        for (&value, place) in values.iter().zip(&mut *out) {
            let mut value = value;
            for average in &mut averages {
                *average = *average * keep + value * share;
                value = *average;
                near |= is_near_rest(value);
            }
            *place = of(&averages);
        }
        if near {
            for (&value, place) in values.iter().zip(out) {
                *place = self.push(value).map_or(f64::NAN, |found| of(&found));
            }
        } else {
            for (average, found) in self.averages.iter_mut().zip(averages) {
                average.set(found);
            }
        }
        cold
    }
}
