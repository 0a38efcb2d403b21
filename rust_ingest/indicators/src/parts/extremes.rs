//! The highest and the lowest of the newest values.

use crate::memory::{BadMemory, Memory, Numbers, load_place, memory};
use crate::number::higher;

/// The highest of a window, in a few steps a value whatever comes.
///
/// M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels" (1992): a ring
/// has on one side the values since it was round, whose highest runs along, and on the other the values of the round before,
/// each replaced by the highest from there to the round's end.
pub(crate) struct Highest {
    ring: Box<[f64]>,
    /// Where the next value goes.
    place: usize,
    full: bool,
    /// Highest since the ring was round.
    running: f64,
}

impl Highest {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            ring: vec![0.0; length].into(),
            place: 0,
            full: false,
            running: 0.0,
        }
    }

    /// Takes a value; the highest once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        self.running = match self.place {
            0 => value,
            _ => higher(self.running, value),
        };
        self.ring[self.place] = value;
        self.place += 1;
        if self.place == self.ring.len() {
            self.turn();
            return Some(self.running);
        }
        self.full.then(|| higher(self.running, self.ring[self.place]))
    }

    /// The round is over: each value becomes the highest from there on.
    fn turn(&mut self) {
        self.place = 0;
        self.full = true;
        let mut highest = self.ring[self.ring.len() - 1];
        for value in self.ring.iter_mut().rev() {
            highest = higher(highest, *value);
            *value = highest;
        }
    }
}

impl Memory for Highest {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.place.save(numbers);
        self.full.save(numbers);
        self.running.save(numbers);
        self.ring.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        load_place(&mut self.place, self.ring.len(), numbers)?;
        self.full.load(numbers)?;
        self.running.load(numbers)?;
        self.ring.load(numbers)
    }
}

/// The lowest of a window: the highest of the negated values.
pub(crate) struct Lowest {
    negated: Highest,
}

memory!(Lowest { negated });

impl Lowest {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            negated: Highest::of(length),
        }
    }

    /// Takes a value; the lowest once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        self.negated.push(-value).map(|highest| -highest)
    }
}

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
    pub(crate) fn push(&mut self, value: f64) -> Option<usize> {
        if self.place == 0 || value >= self.running {
            self.running = value;
            self.running_place = self.place;
        }
        self.ring[self.place] = value;
        let newest = self.place;
        self.place += 1;
        if self.place == self.ring.len() {
            self.turn();
            return Some(newest - self.running_place);
        }
        if !self.full {
            return None;
        }
        Some(match self.ring[self.place] > self.running {
            true => newest + self.ring.len() - self.places[self.place],
            false => newest - self.running_place,
        })
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
        let length = self.ring.len();
        load_place(&mut self.place, length, numbers)?;
        self.full.load(numbers)?;
        self.running.load(numbers)?;
        // It stands before the next value's place; at a round's begin it is of no use.
        let before = if self.place == 0 { length } else { self.place };
        load_place(&mut self.running_place, before, numbers)?;
        self.ring.load(numbers)?;
        self.places
            .iter_mut()
            .try_for_each(|place| load_place(place, length, numbers))
    }
}
