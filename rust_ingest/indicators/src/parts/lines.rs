//! Sums for straight lines and linear weights.

use super::run::Run;
use super::window::Window;
use crate::columns::all_are;
use crate::indicator::{BLOCK, by_rows};
use crate::memory::{BadMemory, Memory, Numbers};

/// Sum, and sum weighted 1 for the oldest to `length` for the newest, of a window's values less a center.
///
/// The center, and why the sums begin anew: see `Moments`. They may last for more than one window: those that follow gather while
/// the last passes.
pub(crate) struct Line {
    window: Window,
    /// How often the ring has been gone round since the sums began anew.
    rounds: usize,
    /// After so many times they do so.
    lasting: usize,
    center: f64,
    sum: f64,
    weighted: f64,
    next_center: f64,
    next_sum: f64,
    next_weighted: f64,
    run: Run,
}

/// Of a full window.
#[derive(Clone, Copy)]
pub(crate) struct Weighted {
    pub(crate) center: f64,
    pub(crate) sum: f64,
    pub(crate) weighted: f64,
}

impl Line {
    /// Sums last for whole windows, of so many values together at least.
    pub(crate) fn of(length: usize, lasting: usize) -> Self {
        Self {
            window: Window::of(length),
            rounds: 0,
            lasting: lasting.div_ceil(length),
            center: 0.0,
            sum: 0.0,
            weighted: 0.0,
            next_center: 0.0,
            next_sum: 0.0,
            next_weighted: 0.0,
            run: Run::of(length),
        }
    }

    /// Takes a value; the sums once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<Weighted> {
        self.begin(value);
        let weight = (self.window.since_round() + 1) as f64;
        let out = self.window.push(value);
        self.add(value, out, weight);
        if self.window.is_round() {
            self.round();
        }
        if self.run.push(value) {
            self.rest(value);
        }
        self.window.is_full().then(|| self.found())
    }

    /// What `of` makes of the sums of each, as `push` gives them; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64], of: impl Fn(Weighted) -> f64) -> usize {
        let begun = values.len().min(self.window.missing());
        let cold = by_rows(&values[..begun], out, |value| self.push(value).map(&of));
        let (values, out) = (&values[begun..], &mut out[begun..values.len()]);
        if values.is_empty() {
            return cold;
        }
        if self.is_still(values) {
            let rounds = self.rounds + (self.window.since_round() + values.len()) / self.window.len();
            self.rounds = rounds % self.lasting;
            self.window.take(values);
            out.fill(of(self.found()));
        } else if self.run.moves(values) {
            self.moving(values, out, of);
            self.run.move_on(values);
        } else {
            by_rows(values, out, |value| self.push(value).map(&of));
        }
        cold
    }

    /// The first value stands for the mean.
    #[inline]
    fn begin(&mut self, value: f64) {
        if self.run.is_new() {
            self.center = value;
            self.next_center = value;
        }
    }

    /// The window is full of one value, and nothing is left of any other: if these are that one, nothing moves.
    #[inline(always)]
    fn is_still(&self, values: &[f64]) -> bool {
        let sums = [self.sum, self.weighted, self.next_sum, self.next_weighted];
        let still = self.center != 0.0 && self.center == self.next_center && all_are(0.0, &sums);
        still && self.run.stays(values) && values[0] == self.center
    }

    #[inline]
    fn add(&mut self, value: f64, out: Option<f64>, weight: f64) {
        let off = value - self.center;
        match out {
            Some(out) => {
                self.weighted -= self.sum - self.window.len() as f64 * off;
                self.sum += off - (out - self.center);
            }
            None => {
                self.weighted += weight * off;
                self.sum += off;
            }
        }
        if self.is_last_round() {
            let next_off = value - self.next_center;
            self.next_sum += next_off;
            self.next_weighted += weight * next_off;
        }
    }

    /// Those that follow the sums gather.
    #[inline]
    fn is_last_round(&self) -> bool {
        self.rounds + 1 == self.lasting
    }

    /// The ring is round.
    #[inline]
    fn round(&mut self) {
        if !self.is_last_round() {
            self.rounds += 1;
            return;
        }
        self.rounds = 0;
        self.center = self.next_center;
        self.sum = self.next_sum;
        self.weighted = self.next_weighted;
        self.next_center = self.center + self.sum / self.window.len() as f64;
        self.next_sum = 0.0;
        self.next_weighted = 0.0;
    }

    /// All values of the window are this one.
    #[inline]
    fn rest(&mut self, value: f64) {
        self.center = value;
        self.sum = 0.0;
        self.weighted = 0.0;
    }

    #[inline]
    fn found(&self) -> Weighted {
        Weighted {
            center: self.center,
            sum: self.sum,
            weighted: self.weighted,
        }
    }

    /// Values of any number of rounds, none of them flat; the window is full.
    #[inline(always)]
    fn moving(&mut self, values: &[f64], out: &mut [f64], of: impl Fn(Weighted) -> f64) {
        let (rows, length) = (values.len(), self.window.len());
        let mut place = self.window.since_round();
        let mut lags = [0.0; BLOCK];
        let lags = &mut lags[..rows];
        self.window.lagged(values, lags);
        let mut start = 0;
        while start < rows {
            // To where those that follow begin to gather, or end: sums that last for one round have no other.
            let gathers = self.is_last_round();
            let end = match self.lasting - 1 - self.rounds {
                0 if self.lasting == 1 => rows,
                0 => rows.min(start + length - place),
                rounds => rows.min(start + rounds * length - place),
            };
            let (values, lags, out) = (&values[start..end], &mut lags[start..end], &mut out[start..end]);
            if gathers {
                self.last_rounds(place, values, lags, out, &of);
            } else {
                self.rounds += (place + values.len()) / length;
                self.piece(values, lags, out, &of);
            }
            place = (place + end - start) % length;
            start = end;
        }
    }

    /// As `add` does it, in registers, where those that follow gather, which take the places of the sums when the ring is round.
    #[inline(always)]
    fn last_rounds(
        &mut self,
        mut place: usize,
        values: &[f64],
        sums: &mut [f64],
        out: &mut [f64],
        of: impl Fn(Weighted) -> f64,
    ) {
        let (rows, length) = (values.len(), self.window.len());
        let count = length as f64;
        let mut centers = [0.0; BLOCK];
        let (sums, out, centers) = (&mut sums[..rows], &mut out[..rows], &mut centers[..rows]);
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + length - place);
            let (center, next_center) = (self.center, self.next_center);
            let (mut sum, mut weighted) = (self.sum, self.weighted);
            let (mut next_sum, mut next_weighted) = (self.next_sum, self.next_weighted);
            let mut weight = place as f64;
            for index in start..end {
                let off = values[index] - center;
                weighted -= sum - count * off;
                sum += off - (sums[index] - center);
                let next_off = values[index] - next_center;
                weight += 1.0;
                next_sum += next_off;
                next_weighted += weight * next_off;
                centers[index] = center;
                sums[index] = sum;
                out[index] = weighted;
            }
            (self.sum, self.weighted) = (sum, weighted);
            (self.next_sum, self.next_weighted) = (next_sum, next_weighted);
            place += end - start;
            if place == length {
                place = 0;
                self.round();
                (centers[end - 1], sums[end - 1], out[end - 1]) = (self.center, self.sum, self.weighted);
            }
            start = end;
        }
        for index in 0..rows {
            out[index] = of(Weighted {
                center: centers[index],
                sum: sums[index],
                weighted: out[index],
            });
        }
    }

    /// As `add` does it, in registers, where none gather.
    #[inline(always)]
    fn piece(&mut self, values: &[f64], lags: &[f64], out: &mut [f64], of: impl Fn(Weighted) -> f64) {
        let (center, count) = (self.center, self.window.len() as f64);
        let (mut sum, mut weighted) = (self.sum, self.weighted);
        for ((&value, &lag), place) in values.iter().zip(lags).zip(out) {
            let off = value - center;
            // Taken, where the sum is added to: what is made alike would be worked out as one, and one would wait for the other.
            weighted -= sum - count * off;
            sum += off - (lag - center);
            *place = of(Weighted { center, sum, weighted });
        }
        (self.sum, self.weighted) = (sum, weighted);
    }
}

impl Memory for Line {
    fn save(&self, numbers: &mut Vec<f64>) {
        self.window.save(numbers);
        self.rounds.save(numbers);
        let [center, sum, weighted] = [self.center, self.sum, self.weighted];
        let [next_center, next_sum, next_weighted] = [self.next_center, self.next_sum, self.next_weighted];
        for number in [center, sum, weighted, next_center, next_sum, next_weighted] {
            number.save(numbers);
        }
        self.run.save(numbers);
    }

    fn load(&mut self, numbers: &mut Numbers<'_>) -> Result<(), BadMemory> {
        self.window.load(numbers)?;
        numbers.load_up_to(&mut self.rounds, self.lasting - 1)?;
        let [center, sum, weighted] = [&mut self.center, &mut self.sum, &mut self.weighted];
        let [next_center, next_sum, next_weighted] =
            [&mut self.next_center, &mut self.next_sum, &mut self.next_weighted];
        for number in [center, sum, weighted, next_center, next_sum, next_weighted] {
            number.load(numbers)?;
        }
        self.run.load(numbers)
    }
}
