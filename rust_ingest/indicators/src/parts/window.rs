//! The newest values of a series.

use crate::memory::{BadMemory, Memory, Numbers, load_place};

/// A ring of the newest `length` values.
pub(crate) struct Window {
    values: Box<[f64]>,
    /// Where the next value goes.
    place: usize,
    full: bool,
}

impl Window {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            values: vec![0.0; length].into(),
            place: 0,
            full: false,
        }
    }

    /// Takes a value; the one that it pushes out, which came `length` values before. None until the window was full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        let out = std::mem::replace(&mut self.values[self.place], value);
        let was_full = self.full;
        self.place += 1;
        if self.place == self.values.len() {
            self.place = 0;
            self.full = true;
        }
        was_full.then_some(out)
    }

    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// The ring has just been gone round: all values in it came since it was here last.
    #[inline]
    pub(crate) fn is_round(&self) -> bool {
        self.place == 0
    }

    /// Values taken since the ring was gone round.
    #[inline]
    pub(crate) fn since_round(&self) -> usize {
        self.place
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The oldest value of a full window.
    #[inline]
    pub(crate) fn oldest(&self) -> f64 {
        self.values[self.place]
    }

    /// The values of a full window, oldest first, in two pieces.
    #[inline]
    pub(crate) fn pieces(&self) -> [&[f64]; 2] {
        let (newer, older) = self.values.split_at(self.place);
        [older, newer]
    }
}

impl Memory for Window {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.place.save(numbers);
        self.full.save(numbers);
        self.values.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        load_place(&mut self.place, self.values.len(), numbers)?;
        self.full.load(numbers)?;
        self.values.load(numbers)
    }
}
