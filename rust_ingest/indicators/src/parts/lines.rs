//! Sums for straight lines and linear weights.

use super::run::Run;
use super::window::Window;
use crate::columns::all_are;
use crate::indicator::BLOCK;
use crate::memory::memory;

/// Rounds up to this long are gone through row by row: they are not worth to be begun each by itself.
const SHORT: usize = 24;

/// Sum, and sum weighted 1 for the oldest to `length` for the newest, of a window's values less a center.
///
/// The center, and why the sums begin anew: see `Moments`.
pub(crate) struct Line {
    window: Window,
    center: f64,
    sum: f64,
    weighted: f64,
    next_center: f64,
    next_sum: f64,
    next_weighted: f64,
    run: Run,
}

memory!(Line {
    window,
    center,
    sum,
    weighted,
    next_center,
    next_sum,
    next_weighted,
    run,
});

/// Of a full window.
#[derive(Clone, Copy)]
pub(crate) struct Weighted {
    pub(crate) center: f64,
    pub(crate) sum: f64,
    pub(crate) weighted: f64,
}

impl Line {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            window: Window::of(length),
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
            self.turn();
        }
        if self.run.push(value) {
            self.rest(value);
        }
        self.window.is_full().then(|| self.found())
    }

    /// What `of` makes of the sums of each, as `push` gives them; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64], of: impl Fn(Weighted) -> f64) -> usize {
        let Some(&first) = values.first() else {
            return 0;
        };
        let rows = values.len();
        let out = &mut out[..rows];
        let length = self.window.len();
        let mut place = self.window.since_round();
        let missing = self.window.missing();
        let cold = missing.saturating_sub(1).min(rows);
        self.begin(first);
        if self.is_still(values) {
            self.window.lagged(values, out);
            out.fill(of(self.found()));
            return 0;
        }
        let mut lags = [0.0; BLOCK];
        let lags = &mut lags[..rows];
        self.window.lagged(values, lags);
        if missing == 0 && length <= SHORT && self.run.moves(values) {
            self.run.move_on(values);
            self.rounds(place, values, lags, out, of);
            return cold;
        }
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + length - place);
            let flat = self.run.pass(&values[start..end]);
            if start >= missing && flat.is_empty() {
                self.piece(
                    place,
                    &values[start..end],
                    &mut lags[start..end],
                    &mut out[start..end],
                    &of,
                );
            } else {
                for index in start..end {
                    let left = (start >= missing).then_some(lags[index]);
                    self.add(values[index], left, (place + index - start + 1) as f64);
                    if flat.contains(&(index - start)) {
                        self.rest(values[index]);
                    }
                    out[index] = of(self.found());
                }
            }
            place += end - start;
            if place == length {
                place = 0;
                self.turn();
                let newest = end - 1;
                if flat.contains(&(newest - start)) {
                    self.rest(values[newest]);
                }
                out[newest] = of(self.found());
            }
            start = end;
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
                self.weighted += self.window.len() as f64 * off - self.sum;
                self.sum += off - (out - self.center);
            }
            None => {
                self.weighted += weight * off;
                self.sum += off;
            }
        }
        let next_off = value - self.next_center;
        self.next_sum += next_off;
        self.next_weighted += weight * next_off;
    }

    /// The ring is round.
    #[inline]
    fn turn(&mut self) {
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

    /// Values of any number of rounds, none of them flat, from `place` on, with what they push out.
    #[inline(always)]
    fn rounds(
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
            // In registers, as `add` does it.
            let (center, next_center) = (self.center, self.next_center);
            let (mut sum, mut weighted) = (self.sum, self.weighted);
            let (mut next_sum, mut next_weighted) = (self.next_sum, self.next_weighted);
            let mut weight = place as f64;
            for index in start..end {
                let off = values[index] - center;
                weighted += count * off - sum;
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
                self.turn();
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

    /// Values of one round, from `place` on, with what they push out; sums take the places of these. What is added is worked out
    /// first: the sums wait for nothing else.
    #[inline(always)]
    fn piece(&mut self, place: usize, values: &[f64], sums: &mut [f64], out: &mut [f64], of: impl Fn(Weighted) -> f64) {
        let (center, next_center) = (self.center, self.next_center);
        let rows = values.len();
        let (sums, out) = (&mut sums[..rows], &mut out[..rows]);
        let count = self.window.len() as f64;
        for index in 0..rows {
            let off = values[index] - center;
            out[index] = count * off;
            sums[index] = off - (sums[index] - center);
        }
        let (mut sum, mut weighted) = (self.sum, self.weighted);
        let (mut next_sum, mut next_weighted) = (self.next_sum, self.next_weighted);
        let mut weight = place as f64;
        for index in 0..rows {
            weighted += out[index] - sum;
            sum += sums[index];
            out[index] = weighted;
            sums[index] = sum;
            let next_off = values[index] - next_center;
            weight += 1.0;
            next_sum += next_off;
            next_weighted += weight * next_off;
        }
        (self.sum, self.weighted) = (sum, weighted);
        (self.next_sum, self.next_weighted) = (next_sum, next_weighted);
        for index in 0..rows {
            out[index] = of(Weighted {
                center,
                sum: sums[index],
                weighted: out[index],
            });
        }
    }
}
