//! How much of what is needed has come.

use crate::memory::{BadMemory, Memory, Numbers};

/// A count up to a number that the parameters give.
pub(crate) struct Count {
    found: usize,
    needed: usize,
}

impl Count {
    pub(crate) fn to(needed: usize) -> Self {
        Self { found: 0, needed }
    }

    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        self.found == self.needed
    }

    /// One more, if it is not done.
    #[inline]
    pub(crate) fn add(&mut self) {
        self.found += usize::from(self.found < self.needed);
    }

    /// As many as are still needed.
    #[inline]
    pub(crate) fn missing(&self) -> usize {
        self.needed - self.found
    }

    /// As many as are needed.
    #[inline]
    pub(crate) fn needed(&self) -> f64 {
        self.needed as f64
    }
}

impl Memory for Count {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.found.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        numbers.load_up_to(&mut self.found, self.needed)
    }
}
