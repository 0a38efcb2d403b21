//! A value that keeps a part of itself, and does not wait for itself at each row.

use crate::columns::{all_one, none, within};
use crate::memory::{BadMemory, Memory, Numbers};
use crate::number::{REST, none_rests, rested};

/// Rows from one base to the next.
pub(crate) const STRIDE: usize = 4;

/// `value * keep + change`, row after row.
///
/// Taken so, each row waits for a multiplication and an addition of the row before. Here what came since a base is kept by itself,
/// beside what is kept of the base: only each fourth row, which is the next base, waits for another.
pub(crate) struct Leap {
    base: f64,
    /// Rows since the base.
    rows: usize,
    /// How much is kept of the base.
    kept: f64,
    /// What came since the base.
    since: f64,
}

impl Leap {
    pub(crate) fn from(base: f64) -> Self {
        Self {
            base,
            rows: 0,
            kept: 0.0,
            since: 0.0,
        }
    }

    /// As after the row that it is begun by.
    pub(crate) fn at(base: f64) -> Self {
        Self {
            rows: 1,
            kept: 1.0,
            ..Self::from(base)
        }
    }

    /// Rows to the next base.
    #[inline]
    pub(crate) fn missing(&self) -> usize {
        (STRIDE - self.rows) % STRIDE
    }

    /// Takes a row; the value.
    #[inline]
    pub(crate) fn step(&mut self, [keep, change]: [f64; 2]) -> f64 {
        [self.kept, self.since] = match self.rows {
            0 => [keep, change],
            _ => [self.kept * keep, self.since * keep + change],
        };
        let value = rested(self.base * self.kept + self.since);
        self.rows += 1;
        if self.rows == STRIDE {
            self.rows = 0;
            self.base = value;
        }
        value
    }

    /// As `step` for each row of the inputs; `row` says what is kept and what is added.
    #[inline(always)]
    pub(crate) fn column<const I: usize>(
        &mut self,
        inputs: [&[f64]; I],
        out: &mut [f64],
        row: impl Fn([f64; I]) -> [f64; 2],
    ) {
        if inputs.iter().all(|input| all_one(input)) {
            return self.rest(row(inputs.map(|input| input[0])), out);
        }
        let first = out.len().min(self.missing());
        let last = out.len() - (out.len() - first) % STRIDE;
        self.steps(inputs.map(|input| &input[..first]), &mut out[..first], &row);
        let whole = inputs.map(|input| &input[first..last]);
        if !self.leaps(whole, &mut out[first..last], &row) {
            self.steps(whole, &mut out[first..last], &row);
        }
        self.steps(inputs.map(|input| &input[last..]), &mut out[last..], &row);
    }

    /// As `step` of the same row for each place. Once a base is as the one before, what follows repeats what came.
    #[inline(always)]
    fn rest(&mut self, row: [f64; 2], out: &mut [f64]) {
        for index in 0..out.len() {
            let before = self.base;
            out[index] = self.step(row);
            if self.rows == 0 && self.base == before && index >= STRIDE - 1 {
                let (came, follows) = out.split_at_mut(index + 1);
                let again = &came[came.len() - STRIDE..];
                if all_one(again) {
                    follows.fill(again[0]);
                } else {
                    follows
                        .chunks_mut(STRIDE)
                        .for_each(|places| places.copy_from_slice(&again[..places.len()]));
                }
                for _ in 0..follows.len() % STRIDE {
                    self.step(row);
                }
                return;
            }
        }
    }

    /// One by one.
    #[inline(always)]
    fn steps<const I: usize>(&mut self, inputs: [&[f64]; I], out: &mut [f64], row: impl Fn([f64; I]) -> [f64; 2]) {
        for (index, place) in out.iter_mut().enumerate() {
            *place = self.step(row(inputs.map(|input| input[index])));
        }
    }

    /// From base to base. Where a value comes near to rest nothing is taken: they must go one by one.
    #[inline(always)]
    fn leaps<const I: usize>(
        &mut self,
        inputs: [&[f64]; I],
        out: &mut [f64],
        row: impl Fn([f64; I]) -> [f64; 2],
    ) -> bool {
        let places = out.as_chunks_mut::<STRIDE>().0;
        let inputs = inputs.map(|input| &input.as_chunks::<STRIDE>().0[..places.len()]);
        let (mut base, mut kept, mut since) = (self.base, self.kept, self.since);
        for (leap, places) in places.iter_mut().enumerate() {
            let inputs = inputs.map(|input| &input[leap]);
            for (index, place) in places.iter_mut().enumerate() {
                let [keep, change] = row(inputs.map(|input| input[index]));
                [kept, since] = match index {
                    0 => [keep, change],
                    _ => [kept * keep, since * keep + change],
                };
                *place = base * kept + since;
            }
            base = places[STRIDE - 1];
        }
        let moves = none_rests(out);
        if moves {
            (self.base, self.kept, self.since) = (base, kept, since);
        }
        moves
    }
}

/// Two that take the same values, each of which keeps one part: from base to base, and neither waits for the other.
pub(crate) struct Leaps {
    shares: [f64; 2],
    keeps: [f64; 2],
    /// How much is kept of a base, so many rows after it.
    kept: [[f64; 2]; STRIDE],
    bases: [f64; 2],
    since: [f64; 2],
    doubts: [u64; 2],
}

impl Leaps {
    /// Of two that stand at a base, what they keep, and the share of a value.
    #[inline(always)]
    pub(crate) fn of([one, other]: &[Leap; 2], keeps: [f64; 2], shares: [f64; 2]) -> Self {
        let mut kept = [keeps; STRIDE];
        for row in 1..STRIDE {
            kept[row] = std::array::from_fn(|side| kept[row - 1][side] * keeps[side]);
        }
        Self {
            shares,
            keeps,
            kept,
            bases: [one.base, other.base],
            since: [0.0; 2],
            doubts: [0; 2],
        }
    }

    /// Takes values to the next base; both after each.
    #[inline(always)]
    pub(crate) fn leap(&mut self, values: [f64; STRIDE]) -> [[f64; 2]; STRIDE] {
        let mut since = values.map(|value| both(|side| value * self.shares[side]));
        for row in 1..STRIDE {
            since[row] = both(|side| since[row - 1][side] * self.keeps[side] + since[row][side]);
        }
        let found: [[f64; 2]; STRIDE] =
            std::array::from_fn(|row| both(|side| self.bases[side] * self.kept[row][side] + since[row][side]));
        for found in &found {
            self.doubts = both(|side| self.doubts[side] | within(found[side], REST));
        }
        self.since = since[STRIDE - 1];
        self.bases = found[STRIDE - 1];
        found
    }

    /// Neither came near to rest: if one did, all must go one by one.
    #[inline(always)]
    pub(crate) fn moved(&self) -> bool {
        none(self.doubts.into_iter())
    }

    /// Puts them back.
    #[inline(always)]
    pub(crate) fn settle(self, leaps: &mut [Leap; 2]) {
        for (side, leap) in leaps.iter_mut().enumerate() {
            (leap.base, leap.kept, leap.since) = (self.bases[side], self.kept[STRIDE - 1][side], self.since[side]);
        }
    }
}

#[inline(always)]
fn both<T>(of: impl Fn(usize) -> T) -> [T; 2] {
    [of(0), of(1)]
}

impl Memory for Leap {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.base.save(numbers);
        self.rows.save(numbers);
        self.kept.save(numbers);
        self.since.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        self.base.load(numbers)?;
        numbers.load_up_to(&mut self.rows, STRIDE - 1)?;
        self.kept.load(numbers)?;
        self.since.load(numbers)
    }
}
