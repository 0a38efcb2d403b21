//! How long ago the highest value was.

use std::hint::select_unpredictable;

use crate::columns::all_one;
use crate::indicator::by_rows;
use crate::memory::{BadMemory, Memory, Numbers};

/// How many rows ago the highest of a window was; of equals the latest. Works as `Highest` does.
pub(crate) struct LatestHighest {
    place: usize,
    full: bool,
    running: Highest,
    /// Behind `place`, of the round before: the highest from there to its end.
    ring: Box<[Highest]>,
}

/// A value, and where it stands in the ring.
#[derive(Clone, Copy, Default)]
struct Highest {
    value: f64,
    place: usize,
}

impl LatestHighest {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            place: 0,
            full: false,
            running: Highest::default(),
            ring: vec![Highest::default(); length].into(),
        }
    }

    /// Takes a value; the rows since the highest once the window is full. Nothing is guessed: which is higher is no pattern.
    #[inline(always)]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        let newest = self.place;
        let is_higher = (newest == 0) | (value >= self.running.value);
        self.running = select(is_higher, Highest { value, place: newest }, self.running);
        self.ring[self.place].value = value;
        self.place += 1;
        if self.place == self.ring.len() {
            self.turn();
            return Some((newest - self.running.place) as f64);
        }
        let older = self.ring[self.place];
        let age = select_unpredictable(
            older.value > self.running.value,
            newest + self.ring.len() - older.place,
            newest - self.running.place,
        );
        self.full.then_some(age as f64)
    }

    /// As `push` for each; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        if values.len() >= 2 * self.ring.len() && self.stays(values) {
            out.fill(0.0);
            return 0;
        }
        by_rows(values, out, |value| self.push(value))
    }

    /// Takes values, at least as many as the ring is long, twice, if they are all one and none of the window is higher: the
    /// newest is the highest, and stays so.
    #[inline(always)]
    fn stays(&mut self, values: &[f64]) -> bool {
        let (length, value) = (self.ring.len(), values[0]);
        let older = self.ring[self.place].value;
        // Zero may have a sign, of which the ring would tell.
        let is_lower = older > value || (self.place > 0 && self.running.value > value);
        if !self.full || is_lower || value == 0.0 || !all_one(values) {
            return false;
        }
        self.place = (self.place + values.len()) % length;
        let at = |place| Highest { value, place };
        self.ring.fill(at(length - 1));
        self.running = at(self.place.checked_sub(1).unwrap_or(length - 1));
        true
    }

    fn turn(&mut self) {
        self.place = 0;
        self.full = true;
        let mut highest = Highest {
            value: f64::NEG_INFINITY,
            place: 0,
        };
        for (place, one) in self.ring.iter_mut().enumerate().rev() {
            one.place = place;
            highest = select(one.value > highest.value, *one, highest);
            *one = highest;
        }
    }
}

/// One of both, by bits: of numbers there is no choice without a branch.
#[inline(always)]
fn select(first: bool, one: Highest, other: Highest) -> Highest {
    Highest {
        value: f64::from_bits(select_unpredictable(first, one.value.to_bits(), other.value.to_bits())),
        place: select_unpredictable(first, one.place, other.place),
    }
}

impl Memory for LatestHighest {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.place.save(numbers);
        self.full.save(numbers);
        self.running.value.save(numbers);
        self.running.place.save(numbers);
        self.ring.iter().for_each(|one| one.value.save(numbers));
        self.ring.iter().for_each(|one| one.place.save(numbers));
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        let last = self.ring.len() - 1;
        numbers.load_up_to(&mut self.place, last)?;
        self.full.load(numbers)?;
        self.running.value.load(numbers)?;
        // It stands before the next value's place; at a round's begin it is of no use.
        let newest = self.place.checked_sub(1).unwrap_or(last);
        numbers.load_up_to(&mut self.running.place, newest)?;
        self.ring.iter_mut().try_for_each(|one| one.value.load(numbers))?;
        self.ring
            .iter_mut()
            .try_for_each(|one| numbers.load_up_to(&mut one.place, last))
    }
}
