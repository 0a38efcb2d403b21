//! The value before.

use crate::memory::memory;

/// The last value of a series.
pub(crate) struct Last {
    seen: bool,
    value: f64,
}

memory!(Last { seen, value });

impl Last {
    pub(crate) fn none() -> Self {
        Self {
            seen: false,
            value: 0.0,
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<f64> {
        self.seen.then_some(self.value)
    }

    /// Takes a value; the one before it.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        let before = self.get();
        self.seen = true;
        self.value = value;
        before
    }

    /// Takes values, and puts beside each the one before it. How many of the first have none: 0 is beside these.
    #[inline(always)]
    pub(crate) fn lagged(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let Some((&newest, older)) = values.split_last() else {
            return 0;
        };
        let before = self.push(newest);
        out[0] = before.unwrap_or(0.0);
        out[1..].copy_from_slice(older);
        usize::from(before.is_none())
    }
}
