//! How long a series has stood still.

use std::ops::Range;

use crate::columns::all_are;
use crate::memory::{BadMemory, Memory, Numbers};

/// How often the newest value has come in a row, up to a window's length.
pub(crate) struct Run {
    length: usize,
    last: f64,
    same: usize,
}

impl Run {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            length,
            last: 0.0,
            same: 0,
        }
    }

    /// Takes a value; whether all values of the window are that one.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> bool {
        if value != self.last || self.same == 0 {
            self.last = value;
            self.same = 1;
        } else if self.same < self.length {
            self.same += 1;
        }
        self.same == self.length
    }

    /// No window of these is flat.
    #[inline(always)]
    pub(crate) fn moves(&self, values: &[f64]) -> bool {
        let Some(&first) = values.first() else {
            return false;
        };
        if self.length == 1 {
            return false;
        }
        // Windows that begin before these values have the one before the first, and the first.
        if self.same > 0 && first == self.last {
            let missing = self.length - self.same;
            if values.iter().take(missing).take_while(|&&value| value == first).count() == missing {
                return false;
            }
        }
        // So many neighbours that each window has two of them; most are not one.
        let step = self.length - 1;
        let mut next = step;
        while next < values.len() {
            if values[next - 1] == values[next] {
                return longest(values) < self.length;
            }
            next += step;
        }
        true
    }

    /// Takes values that `moves` is true of.
    #[inline]
    pub(crate) fn move_on(&mut self, values: &[f64]) {
        let Some(&newest) = values.last() else {
            return;
        };
        let tail = values.iter().rev().take_while(|&&value| value == newest).count();
        if tail == values.len() && self.same > 0 && newest == self.last {
            self.same += tail;
        } else {
            self.same = tail;
            self.last = values[values.len() - tail];
        }
    }

    /// The window is full of one value, and these are that one.
    #[inline(always)]
    pub(crate) fn stays(&self, values: &[f64]) -> bool {
        let stays = self.same == self.length && values.last() == Some(&self.last);
        stays && all_are(self.last, values)
    }

    /// No value has come.
    #[inline]
    pub(crate) fn is_new(&self) -> bool {
        self.same == 0
    }

    /// Takes values, no more than the window's length; at which of them all values of the window are the same. These follow each
    /// other: a run that began amid the piece cannot be so long.
    #[inline(always)]
    pub(crate) fn pass(&mut self, piece: &[f64]) -> Range<usize> {
        let (Some(&first), Some(&newest)) = (piece.first(), piece.last()) else {
            return 0..0;
        };
        let before = if self.same > 0 && first == self.last {
            self.same
        } else {
            0
        };
        let lead = if newest == first && piece.iter().fold(true, |same, &value| same & (value == first)) {
            piece.len()
        } else {
            piece.iter().take_while(|&&value| value == first).count()
        };
        if lead == piece.len() {
            if before == 0 {
                self.last = first;
            }
            self.same = self.length.min(before + lead);
        } else {
            let tail = piece.iter().rev().take_while(|&&value| value == newest).count();
            self.last = piece[piece.len() - tail];
            self.same = tail;
        }
        let from = self.length.saturating_sub(before + 1);
        if from < lead { from..lead } else { 0..0 }
    }
}

/// How often a value comes in a row, at most.
#[inline(never)]
fn longest(values: &[f64]) -> usize {
    let runs = values.chunk_by(|value, next| value == next);
    runs.map(<[f64]>::len).max().unwrap_or(0)
}

impl Memory for Run {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.last.save(numbers);
        self.same.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        self.last.load(numbers)?;
        numbers.load_up_to(&mut self.same, self.length)
    }
}
