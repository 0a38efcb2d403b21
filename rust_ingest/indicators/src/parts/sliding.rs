//! Extremes of all windows of a column.

use super::extremes::extreme;
use crate::columns::all_one;
use crate::indicator::BLOCK;

/// Longer windows are no faster here than by a ring.
pub(super) const DOUBLED: usize = BLOCK / 8;

/// The extreme of each `length` values that follow each other; of values without NaN, and at most `DOUBLED` beyond a block. Zero
/// has no sign in it.
///
/// Extremes of 2, 4, 8 ... values, each of two of the step before: no value waits for another.
#[inline]
pub(super) fn sliding<const HIGH: bool>(values: &[f64], length: usize, out: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function is compiled for.
        return unsafe { wide::<HIGH>(values, length, out) };
    }
    doubled::<HIGH>(values, length, out);
}

/// The same steps, four values at a time.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wide<const HIGH: bool>(values: &[f64], length: usize, out: &mut [f64]) {
    doubled::<HIGH>(values, length, out);
}

#[inline(always)]
fn doubled<const HIGH: bool>(values: &[f64], length: usize, out: &mut [f64]) {
    if all_one(values) {
        return out.fill(values[0] + 0.0);
    }
    let (mut one, mut other) = ([0.0; BLOCK + DOUBLED], [0.0; BLOCK + DOUBLED]);
    let (mut from, mut to) = (&mut one[..values.len()], &mut other[..values.len()]);
    for (place, &value) in from.iter_mut().zip(values) {
        *place = value + 0.0;
    }
    let mut width = 1;
    while 2 * width <= length {
        join::<HIGH>(from, &from[width..], to);
        (from, to) = (to, from);
        width *= 2;
    }
    join::<HIGH>(from, &from[length - width..], out);
}

/// The extreme of both, as far as there are both and there is a place.
#[inline(always)]
fn join<const HIGH: bool>(first: &[f64], second: &[f64], out: &mut [f64]) {
    for ((place, &first), &second) in out.iter_mut().zip(first).zip(second) {
        *place = extreme::<HIGH>(first, second);
    }
}
