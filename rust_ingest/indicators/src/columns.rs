//! What is asked of, and done to, whole columns: several values in one step.
//!
//! Questions are asked of bits: a mark is a number whose highest bit says yes, and whose other bits say nothing. Marks are as wide
//! as values, and need no comparison, whose answers would be packed for each step.

/// All of a number but its sign.
const SIZE: u64 = !SIGN;
const SIGN: u64 = 1 << 63;

/// Asks for the memory there to come near, if there is any.
#[inline(always)]
pub(crate) fn fetch(place: *const f64) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: nothing is read or written, and of an address without memory nothing comes.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// Whether no mark says yes. All are looked at: what is asked is true of most columns.
#[inline(always)]
pub(crate) fn none(marks: impl Iterator<Item = u64>) -> bool {
    marks.fold(0, |found, mark| found | mark) & SIGN == 0
}

/// A mark of numbers that are further from zero than `limit`, and of all that are not finite.
#[inline(always)]
pub(crate) fn beyond(value: f64, limit: f64) -> u64 {
    // The larger number has the larger bits, as long as neither has a sign.
    limit.to_bits().wrapping_sub(value.to_bits() & SIZE)
}

/// A mark of numbers that are nearer to zero than `limit`.
#[inline(always)]
pub(crate) fn within(value: f64, limit: f64) -> u64 {
    (value.to_bits() & SIZE).wrapping_sub(limit.to_bits())
}

/// A mark of all but zero; of zero with a sign too.
#[inline(always)]
pub(crate) fn not_zero(value: f64) -> u64 {
    let bits = value.to_bits();
    bits | bits.wrapping_neg()
}

/// A mark of numbers with a sign, and of zero with one.
#[inline(always)]
pub(crate) fn negative(value: f64) -> u64 {
    value.to_bits()
}

/// There are values, and all are the same, to the bit.
#[inline(always)]
pub(crate) fn all_one(values: &[f64]) -> bool {
    match values {
        [first, .., last] if first == last => all_are(*first, values),
        _ => values.len() == 1,
    }
}

/// All are that one, to the bit.
#[inline(always)]
pub(crate) fn all_are(one: f64, values: &[f64]) -> bool {
    let differences = values.iter().map(|value| value.to_bits() ^ one.to_bits());
    differences.fold(0, |found, difference| found | difference) == 0
}

/// Adds each change to the total, and puts the total in its place.
#[inline(always)]
pub(crate) fn add_up(total: &mut f64, changes: &mut [f64]) {
    if changes.first() == Some(&0.0) && all_are(0.0, changes) {
        *total += 0.0;
        return changes.fill(*total);
    }
    let mut sum = *total;
    for place in changes {
        sum += *place;
        *place = sum;
    }
    *total = sum;
}
