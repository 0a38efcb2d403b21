//! The newest values of a series.

use crate::memory::{BadMemory, Memory, Numbers};

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

    /// Takes values, and puts beside each the one that it pushes out. How many of the first push none out: 0 is beside these.
    #[inline(always)]
    pub(crate) fn lagged(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.beside(0, values, out)
    }

    /// Takes values, and puts beside each what is the oldest with it. How many of the first do not fill the window: 0 is beside
    /// these.
    #[inline(always)]
    pub(crate) fn oldest_column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.beside(1, values, out)
    }

    /// Beside each value goes the one that came so many values before: the window's length, less what is skipped.
    #[inline(always)]
    fn beside(&mut self, skipped: usize, values: &[f64], out: &mut [f64]) -> usize {
        let rows = values.len();
        let out = &mut out[..rows];
        let held = rows.min(self.values.len() - skipped);
        let (newer, older) = self.values.split_at(self.place);
        let older = &older[skipped..];
        let (first, rest) = out[..held].split_at_mut(older.len().min(held));
        first.copy_from_slice(&older[..first.len()]);
        rest.copy_from_slice(&newer[..rest.len()]);
        out[held..].copy_from_slice(&values[..rows - held]);
        let cold = self.missing().saturating_sub(skipped).min(rows);
        out[..cold].fill(0.0);
        self.take(values);
        cold
    }

    /// Takes values, and puts beside each how much more it is than the one that it pushes out, or itself if none.
    #[inline(always)]
    pub(crate) fn changes(&mut self, values: &[f64], out: &mut [f64]) {
        let rows = values.len();
        let out = &mut out[..rows];
        let [older, newer] = self.pieces();
        let mut start = 0;
        for lags in [older, newer, values] {
            let count = lags.len().min(rows - start);
            let places = &mut out[start..][..count];
            for ((place, value), lag) in places.iter_mut().zip(&values[start..][..count]).zip(lags) {
                *place = value - lag;
            }
            start += count;
        }
        let cold = self.missing().min(rows);
        out[..cold].copy_from_slice(&values[..cold]);
        self.take(values);
    }

    /// Takes values.
    #[inline(always)]
    pub(crate) fn take(&mut self, values: &[f64]) {
        let length = self.values.len();
        self.full |= self.place + values.len() >= length;
        // Those that push each other out again are passed by.
        let passed = values.len().saturating_sub(length);
        let start = (self.place + passed) % length;
        let kept = &values[passed..];
        let (first, rest) = kept.split_at(kept.len().min(length - start));
        self.values[start..][..first.len()].copy_from_slice(first);
        self.values[..rest.len()].copy_from_slice(rest);
        self.place = (start + kept.len()) % length;
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

    /// Values that must still come until it is full.
    #[inline]
    pub(crate) fn missing(&self) -> usize {
        if self.full { 0 } else { self.values.len() - self.place }
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

    /// Copies the values of a full window, oldest first.
    #[inline(always)]
    pub(crate) fn copy_to(&self, out: &mut [f64]) {
        let [older, newer] = self.pieces();
        let (first, rest) = out.split_at_mut(older.len());
        first.copy_from_slice(older);
        rest.copy_from_slice(newer);
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
        numbers.load_up_to(&mut self.place, self.values.len() - 1)?;
        self.full.load(numbers)?;
        self.values.load(numbers)
    }
}
