//! Arithmetic that both twins do in the same way.

use crate::columns::{none, not_zero, within};

/// Averages of a series that came to rest die away without end, and below 2.2e-308 each step takes a hundred times as
/// long. What is nearer to zero than this is zero: its square is still no denormal.
pub(crate) const REST: f64 = 1e-150;

/// Averages of which the ratio counts are left as they are below this, where nothing moves: it is then well above `REST`.
pub(crate) const STILL: f64 = 1e-100;

/// What grows by factors stays below this.
pub(crate) const LARGE: f64 = 1e150;

/// The larger; the first of equals, as Python's `max`.
#[inline(always)]
pub(crate) fn higher(first: f64, second: f64) -> f64 {
    if second > first { second } else { first }
}

/// The smaller; the first of equals, as Python's `min`.
#[inline(always)]
pub(crate) fn lower(first: f64, second: f64) -> f64 {
    if second < first { second } else { first }
}

/// Zero for what is nearer to it than `REST`.
#[inline(always)]
pub(crate) fn rested(value: f64) -> f64 {
    if value.abs() < REST { at_rest() } else { value }
}

/// A mark of what `rested` makes something else of: also of zero with a sign.
#[inline(always)]
pub(crate) fn near_rest(value: f64) -> u64 {
    within(value, REST) & not_zero(value)
}

/// `rested` makes something else of none of them.
#[inline(always)]
pub(crate) fn none_rests(values: &[f64]) -> bool {
    // Zero, which stays as it is, is seldom among them: it is looked at apart.
    none(values.iter().map(|&value| within(value, REST))) || none(values.iter().map(|&value| near_rest(value)))
}

/// Apart, so that it is a branch that is hardly ever taken, and not a step of every average.
#[cold]
#[inline(never)]
fn at_rest() -> f64 {
    0.0
}

/// The quotient; `flat` where there is nothing to divide by: what is nearer to zero than `REST` is nothing.
#[inline(always)]
pub(crate) fn ratio(of: f64, by: f64, flat: f64) -> f64 {
    if by.abs() < REST { flat } else { of / by }
}

/// The greatest distance that the price went since the last close.
#[inline(always)]
pub(crate) fn true_range(high: f64, low: f64, previous_close: f64) -> f64 {
    let moved = higher((high - previous_close).abs(), (low - previous_close).abs());
    higher(high - low, moved)
}

/// The mean of high, low and close.
#[inline(always)]
pub(crate) fn typical(high: f64, low: f64, close: f64) -> f64 {
    (high + low + close) / 3.0
}

/// 1, -1, or 0 of zero.
#[inline]
pub(crate) fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}
