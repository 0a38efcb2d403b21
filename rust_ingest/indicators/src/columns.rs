//! What is asked of, and done to, whole columns: several values in one step.

/// Whether nothing of it is so. As wide as a value, so that several are looked at in one step, and to the end: what is asked is
/// true of most columns.
#[inline(always)]
pub(crate) fn none(so: impl Iterator<Item = bool>) -> bool {
    so.fold(0, |found, so| found | u64::from(so).wrapping_neg()) == 0
}

/// There are values, and all are the same.
#[inline(always)]
pub(crate) fn all_one(values: &[f64]) -> bool {
    match values {
        [first, .., last] => first == last && none(values.iter().map(|value| value != first)),
        _ => values.len() == 1,
    }
}

/// Adds each change to the total, and puts the total in its place.
#[inline(always)]
pub(crate) fn add_up(total: &mut f64, changes: &mut [f64]) {
    if changes.first() == Some(&0.0) && none(changes.iter().map(|&change| change != 0.0)) {
        *total += 0.0;
        return changes.fill(*total);
    }
    for place in changes {
        *total += *place;
        *place = *total;
    }
}
