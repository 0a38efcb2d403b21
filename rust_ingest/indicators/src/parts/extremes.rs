//! The highest and the lowest of the newest values.

use super::sliding::{DOUBLED, sliding};
use crate::indicator::{BLOCK, by_rows};
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
    /// For columns, where there have been any: never filled anew for a block.
    scratch: Vec<f64>,
}

impl<const HIGH: bool> Extreme<HIGH> {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            ring: vec![0.0; length].into(),
            place: 0,
            full: false,
            running: 0.0,
            scratch: Vec::new(),
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
        let (rows, length) = (values.len(), self.ring.len());
        let out = &mut out[..rows];
        if !self.full || length > DOUBLED || rows < 2 * length {
            return by_rows(values, out, |value| self.push(value));
        }
        // What came before stands for itself by the extremes from there on: those of the round before, and of this one.
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.resize(3 * (BLOCK + DOUBLED), 0.0);
        let (all, free) = scratch.split_at_mut(BLOCK + DOUBLED);
        let all = &mut all[..length - 1 + rows];
        let (before, now) = all.split_at_mut(length - 1);
        let (newer, older) = self.ring.split_at(self.place);
        if let Some((_, older)) = older.split_first() {
            let (from_last, from_this) = before.split_at_mut(older.len());
            for (place, &found) in from_last.iter_mut().zip(older) {
                *place = if newer.is_empty() {
                    found
                } else {
                    extreme::<HIGH>(found, self.running)
                };
            }
            from_here::<HIGH>(newer, from_this);
        }
        for (place, &value) in now.iter_mut().zip(values) {
            *place = value + 0.0;
        }
        sliding::<HIGH>(all, length, free, out);
        self.take(&all[length - 1..]);
        self.scratch = scratch;
        0
    }

    /// Takes values without the extremes of each: as many as the ring is long, twice, at least. Zero has no sign in them.
    #[inline(always)]
    fn take(&mut self, values: &[f64]) {
        let length = self.ring.len();
        let after = (self.place + values.len()) % length;
        let (before, newest) = values.split_at(values.len() - after);
        from_here::<HIGH>(&before[before.len() - length..], &mut self.ring);
        let whole = self.ring[0];
        self.running = newest.iter().copied().reduce(extreme::<HIGH>).unwrap_or(whole);
        self.ring[..after].copy_from_slice(newest);
        self.place = after;
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

/// Of each value the extreme from there to the end.
#[inline(always)]
pub(super) fn from_here<const HIGH: bool>(values: &[f64], out: &mut [f64]) {
    let Some(mut found) = values.last().copied() else {
        return;
    };
    for (place, &value) in out.iter_mut().zip(values).rev() {
        found = extreme::<HIGH>(found, value);
        *place = found;
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
