//! A NumPy array as a slice.

use std::borrow::Cow;

use numpy::{Element, PyReadonlyArray1};

/// The array's own memory where it is in a row: a field of a structured array is not.
pub fn row<'a, T: Element + Copy>(values: &'a PyReadonlyArray1<'_, T>) -> Cow<'a, [T]> {
    match values.as_slice() {
        Ok(values) => Cow::Borrowed(values),
        Err(_) => Cow::Owned(values.as_array().iter().copied().collect()),
    }
}
