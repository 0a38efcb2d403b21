//! The highest and the lowest of the newest values.

use super::sliding::{DOUBLED, sliding};
use crate::indicator::by_rows;
use crate::memory::{BadMemory, Memory, Numbers};
use crate::number::{higher, lower};

/// The highest of a window, in a few steps a value whatever comes.
pub(crate) type Highest = Extreme<true>;

/// The lowest of a window.
pub(crate) type Lowest = Extreme<false>;

/// The highest, or the lowest, of a window.
///
/// M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels" (1992): a ring
/// has on one side the values since it was round, whose extreme runs along, and on the other the values of the round before,
/// each replaced by the extreme from there to the round's end. Zero has no sign in it.
pub(crate) struct Extreme<const HIGH: bool> {
    ring: Box<[f64]>,
    /// Where the next value goes.
    place: usize,
    full: bool,
    /// Of the values since the ring was round.
    running: f64,
}

impl<const HIGH: bool> Extreme<HIGH> {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            ring: vec![0.0; length].into(),
            place: 0,
            full: false,
            running: 0.0,
        }
    }

    /// Takes a value; the extreme once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        let value = value + 0.0;
        self.running = match self.place {
            0 => value,
            _ => extreme::<HIGH>(self.running, value),
        };
        self.ring[self.place] = value;
        self.place += 1;
        if self.place == self.ring.len() {
            self.turn();
            return Some(self.running);
        }
        self.full.then(|| extreme::<HIGH>(self.running, self.ring[self.place]))
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let length = self.ring.len();
        let out = &mut out[..values.len()];
        // As many by rows as a window looks back on, then at once.
        let begun = length;
        if length > DOUBLED || values.len() < begun + 2 * length {
            return by_rows(values, out, |value| self.push(value));
        }
        let cold = by_rows(&values[..begun], out, |value| self.push(value));
        sliding::<HIGH>(&values[begun + 1 - length..], length, &mut out[begun..]);
        let after = (self.place + values.len() - begun) % length;
        self.place = 0;
        for &value in &values[values.len() - after - length..] {
            self.push(value);
        }
        cold
    }

    /// The round is over: each value becomes the extreme from there on.
    fn turn(&mut self) {
        self.place = 0;
        self.full = true;
        let mut found = self.ring[self.ring.len() - 1];
        for value in self.ring.iter_mut().rev() {
            found = extreme::<HIGH>(found, *value);
            *value = found;
        }
    }
}

impl<const HIGH: bool> Memory for Extreme<HIGH> {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.place.save(numbers);
        self.full.save(numbers);
        self.running.save(numbers);
        self.ring.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        numbers.load_up_to(&mut self.place, self.ring.len() - 1)?;
        self.full.load(numbers)?;
        self.running.load(numbers)?;
        self.ring.load(numbers)
    }
}

/// The higher of two, or the lower.
#[inline(always)]
pub(super) fn extreme<const HIGH: bool>(first: f64, second: f64) -> f64 {
    if HIGH {
        higher(first, second)
    } else {
        lower(first, second)
    }
}
