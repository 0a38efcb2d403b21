//! Extremes of all windows of a column.

use super::extremes::extreme;
use crate::columns::all_one;

/// Longer windows are no faster here than by a ring.
pub(super) const DOUBLED: usize = 128;

/// The extreme of each `length` values that follow each other; of values without NaN, and at most `DOUBLED` beyond a block. Zero
/// has no sign in it. There is scratch for twice as many.
///
/// Extremes of 4, 16, 64 ... values, each of four of the step before: no value waits for another.
#[inline]
pub(super) fn sliding<const HIGH: bool>(values: &[f64], length: usize, scratch: &mut [f64], out: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function is compiled for.
        return unsafe { wide::<HIGH>(values, length, scratch, out) };
    }
    doubled::<HIGH>(values, length, scratch, out);
}

/// The same steps, four values at a time.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn wide<const HIGH: bool>(values: &[f64], length: usize, scratch: &mut [f64], out: &mut [f64]) {
    doubled::<HIGH>(values, length, scratch, out);
}

#[inline(always)]
fn doubled<const HIGH: bool>(values: &[f64], length: usize, scratch: &mut [f64], out: &mut [f64]) {
    if length == 1 {
        return out.copy_from_slice(values);
    }
    if all_one(values) {
        return out.fill(values[0]);
    }
    let (one, other) = scratch.split_at_mut(values.len());
    let (mut from, mut to) = (one, &mut other[..values.len()]);
    let mut width = wider::<HIGH>(values, 1, length, from);
    while 2 * width <= length {
        width = wider::<HIGH>(from, width, length, to);
        (from, to) = (to, from);
    }
    join::<HIGH>([from, &from[length - width..]], out);
}

/// Extremes of four times, or twice, as many values as those that there are extremes of; of how many.
#[inline(always)]
fn wider<const HIGH: bool>(from: &[f64], width: usize, length: usize, to: &mut [f64]) -> usize {
    if 4 * width > length {
        join::<HIGH>([from, &from[width..]], to);
        return 2 * width;
    }
    let [second, third, fourth] = [1, 2, 3].map(|times| &from[times * width..]);
    for ((((place, &first), &second), &third), &fourth) in to.iter_mut().zip(from).zip(second).zip(third).zip(fourth) {
        *place = extreme::<HIGH>(extreme::<HIGH>(first, second), extreme::<HIGH>(third, fourth));
    }
    4 * width
}

/// The extreme of both, as far as there are both and there is a place.
#[inline(always)]
fn join<const HIGH: bool>([first, second]: [&[f64]; 2], out: &mut [f64]) {
    for ((place, &first), &second) in out.iter_mut().zip(first).zip(second) {
        *place = extreme::<HIGH>(first, second);
    }
}
