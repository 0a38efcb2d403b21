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
}
