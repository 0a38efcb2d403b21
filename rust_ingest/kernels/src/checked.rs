//! Checks of single values.

use crate::Refusal;

/// 2^62 ns after 1970, in the year 2116: sums of a time and an interval fit 64 bits below it.
const TIME_NS_MAX: i64 = 1 << 62;

/// # Errors
/// `bad_value` unless `value` is positive.
#[inline]
pub(crate) fn positive(field: &'static str, value: i64) -> Result<(), Refusal> {
    if value > 0 {
        return Ok(());
    }
    Err(Refusal::bad_value(field, value, "is not positive"))
}

/// # Errors
/// `bad_value` for a negative `value`.
#[inline]
pub(crate) fn not_negative(field: &'static str, value: impl Into<i128>) -> Result<(), Refusal> {
    let value = value.into();
    if value >= 0 {
        return Ok(());
    }
    Err(Refusal::bad_value(field, value, "is negative"))
}

/// # Errors
/// `bad_value` for a time before 1970 or after 2116.
#[inline]
pub(crate) fn in_time(field: &'static str, value: i64) -> Result<(), Refusal> {
    if (0..=TIME_NS_MAX).contains(&value) {
        return Ok(());
    }
    Err(Refusal::bad_value(field, value, "is not between 1970 and 2116"))
}
