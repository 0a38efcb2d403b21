//! A value that keeps a part of itself, and does not wait for itself at each row.

use crate::columns::all_one;
use crate::memory::{BadMemory, Memory, Numbers};
use crate::number::{none_rests, rested};

/// Rows from one base to the next.
const STRIDE: usize = 4;

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
        let first = out.len().min((STRIDE - self.rows) % STRIDE);
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
                follows
                    .chunks_mut(STRIDE)
                    .for_each(|places| places.copy_from_slice(&again[..places.len()]));
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
