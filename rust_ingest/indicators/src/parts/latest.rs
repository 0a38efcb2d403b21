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
        let length = self.ring.len();
        let out = &mut out[..values.len()];
        let begun = length;
        if length > DOUBLED || values.len() < begun + 2 * length {
            return by_rows(values, out, |value| self.push(value));
        }
        let cold = by_rows(&values[..begun], out, |value| self.push(value));
        if out[begun - 1] == 0.0 && all_one(&values[begun - 1..]) {
            // The newest is the highest, and stays so.
            out[begun..].fill(0.0);
            self.take_newest(values);
            return cold;
        }
        let mut highest = [0.0; BLOCK];
        let highest = &mut highest[begun - 1..values.len()];
        sliding::<true>(&values[begun - length..], length, highest);
        let mut age = out[begun - 1];
        for (index, place) in out.iter_mut().enumerate().skip(begun) {
            let found = highest[index + 1 - begun];
            age = if values[index] == found {
                0.0
            } else if found == highest[index - begun] {
                age + 1.0
            } else {
                let older = values[..index].iter().rev();
                1.0 + older.take_while(|&&value| value != found).count() as f64
            };
            *place = age;
        }
        self.take_newest(values);
        cold
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
