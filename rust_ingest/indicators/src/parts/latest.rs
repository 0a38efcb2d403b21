//! How long ago the highest value was.

use super::sliding::{DOUBLED, sliding};
use crate::columns::all_one;
use crate::indicator::{BLOCK, by_rows};
use crate::memory::{BadMemory, Memory, Numbers};

/// How many rows ago the highest of a window was; of equals the latest. Works as `Highest` does.
pub(crate) struct LatestHighest {
    place: usize,
    full: bool,
    running: f64,
    running_place: usize,
    ring: Box<[f64]>,
    /// Where the highest from there to the round's end stood.
    places: Box<[usize]>,
    /// For columns, where there have been any: never filled anew for a block.
    scratch: Vec<f64>,
}

impl LatestHighest {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            place: 0,
            full: false,
            running: 0.0,
            running_place: 0,
            ring: vec![0.0; length].into(),
            places: vec![0; length].into(),
            scratch: Vec::new(),
        }
    }

    /// Takes a value; the rows since the highest once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        if self.place == 0 || value >= self.running {
            self.running = value;
            self.running_place = self.place;
        }
        self.ring[self.place] = value;
        let newest = self.place;
        self.place += 1;
        if self.place == self.ring.len() {
            self.turn();
            return Some((newest - self.running_place) as f64);
        }
        if !self.full {
            return None;
        }
        let age = match self.ring[self.place] > self.running {
            true => newest + self.ring.len() - self.places[self.place],
            false => newest - self.running_place,
        };
        Some(age as f64)
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let (rows, length) = (values.len(), self.ring.len());
        let out = &mut out[..rows];
        if length > DOUBLED || rows < 3 * length {
            return by_rows(values, out, |value| self.push(value));
        }
        if self.stays(values) {
            out.fill(0.0);
            return 0;
        }
        let cold = by_rows(&values[..length], out, |value| self.push(value));
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.resize(3 * BLOCK, 0.0);
        let (highest, free) = scratch.split_at_mut(BLOCK);
        let highest = &mut highest[..=rows - length];
        sliding::<true>(values, length, free, highest);
        let mut age = out[length - 1];
        for (index, place) in out.iter_mut().enumerate().skip(length) {
            let found = highest[index + 1 - length];
            age = if values[index] == found {
                0.0
            } else if found == highest[index - length] {
                age + 1.0
            } else {
                let older = values[..index].iter().rev();
                1.0 + older.take_while(|&&value| value != found).count() as f64
            };
            *place = age;
        }
        self.scratch = scratch;
        self.take_newest(values);
        cold
    }

    /// Takes values, at least as many as the ring is long, twice, if they are all one and none of the window is higher: the
    /// newest is the highest, and stays so.
    #[inline(always)]
    fn stays(&mut self, values: &[f64]) -> bool {
        let (length, value) = (self.ring.len(), values[0]);
        let older = self.ring[self.place];
        // Zero may have a sign, of which the ring would tell.
        if !self.full || older > value || (self.place > 0 && self.running > value) || value == 0.0 || !all_one(values) {
            return false;
        }
        self.place = (self.place + values.len()) % length;
        self.ring.fill(value);
        self.places.fill(length - 1);
        self.running = value;
        self.running_place = self.place.checked_sub(1).unwrap_or(length - 1);
        true
    }

    /// Of many values, the first `length` of which it has taken, takes those that are remembered.
    #[inline]
    fn take_newest(&mut self, values: &[f64]) {
        let length = self.ring.len();
        let after = (self.place + values.len() - length) % length;
        self.place = 0;
        for &value in &values[values.len() - after - length..] {
            self.push(value);
        }
    }

    fn turn(&mut self) {
        self.place = 0;
        self.full = true;
        let mut best = self.ring.len() - 1;
        let mut highest = self.ring[best];
        for place in (0..self.ring.len()).rev() {
            if self.ring[place] > highest {
                highest = self.ring[place];
                best = place;
            }
            self.ring[place] = highest;
            self.places[place] = best;
        }
    }
}

impl Memory for LatestHighest {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.place.save(numbers);
        self.full.save(numbers);
        self.running.save(numbers);
        self.running_place.save(numbers);
        self.ring.save(numbers);
        self.places.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        let last = self.ring.len() - 1;
        numbers.load_up_to(&mut self.place, last)?;
        self.full.load(numbers)?;
        self.running.load(numbers)?;
        // It stands before the next value's place; at a round's begin it is of no use.
        let newest = self.place.checked_sub(1).unwrap_or(last);
        numbers.load_up_to(&mut self.running_place, newest)?;
        self.ring.load(numbers)?;
        self.places
            .iter_mut()
            .try_for_each(|place| numbers.load_up_to(place, last))
    }
}
