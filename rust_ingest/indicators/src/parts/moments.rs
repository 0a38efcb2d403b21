//! Mean and spread of the newest values.

use super::run::Run;
use super::window::Window;
use crate::columns::all_are;
use crate::indicator::BLOCK;
use crate::memory::memory;
use crate::number::REST;

/// Rounds up to this long are gone through row by row.
const SHORT: usize = 16;

/// Mean and sum of squared deviations over a window.
///
/// Values are taken less a center, which is a mean of the series not long ago: sums of squares of the plain values would
/// leave nothing of a small spread about a high price. A second pair of sums begins each time the ring is round, about the
/// mean of then, and takes the first one's place at the next: no error is older than two windows. Where all values of
/// the window are the same, the spread is zero.
pub(crate) struct Moments {
    /// Of each value in the mean.
    share: f64,
    window: Window,
    center: f64,
    sum: f64,
    squares: f64,
    next_center: f64,
    next_sum: f64,
    next_squares: f64,
    run: Run,
}

memory!(Moments {
    window,
    center,
    sum,
    squares,
    next_center,
    next_sum,
    next_squares,
    run,
});

impl Moments {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            share: 1.0 / length as f64,
            window: Window::of(length),
            center: 0.0,
            sum: 0.0,
            squares: 0.0,
            next_center: 0.0,
            next_sum: 0.0,
            next_squares: 0.0,
            run: Run::of(length),
        }
    }

    /// Takes a value; mean and sum of squared deviations from it once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        self.begin(value);
        let out = self.window.push(value);
        self.add(value, out);
        if self.window.is_round() {
            self.turn();
        }
        if self.run.push(value) {
            self.rest(value);
        }
        self.window.is_full().then(|| self.found())
    }

    /// As `push` for each; how many of the first are without mean and spread.
    #[inline(always)]
    pub(crate) fn columns(&mut self, values: &[f64], means: &mut [f64], spreads: &mut [f64]) -> usize {
        let Some(&first) = values.first() else {
            return 0;
        };
        let rows = values.len();
        let (means, spreads) = (&mut means[..rows], &mut spreads[..rows]);
        let length = self.window.len();
        let mut place = self.window.since_round();
        let missing = self.window.missing();
        let cold = missing.saturating_sub(1).min(rows);
        self.begin(first);
        if self.is_still(values) {
            self.window.lagged(values, means);
            means.fill(self.center);
            spreads.fill(0.0);
            return 0;
        }
        let mut lags = [0.0; BLOCK];
        let lags = &mut lags[..rows];
        self.window.lagged(values, lags);
        let moves = missing == 0 && self.run.moves(values);
        if moves {
            self.run.move_on(values);
            if length <= SHORT {
                self.rounds(place, values, lags, means, spreads);
                return cold;
            }
        }
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + length - place);
            let flat = if moves {
                0..0
            } else {
                self.run.pass(&values[start..end])
            };
            let flat = start + flat.start..start + flat.end;
            let mut from = start;
            // Up to where the window is flat, there, and behind it: the centers differ.
            for until in [flat.start, flat.end, end] {
                let is_flat = until == flat.end && !flat.is_empty() && from == flat.start;
                let (values, lags) = (&values[from..until], &mut lags[from..until]);
                let (means, spreads) = (&mut means[from..until], &mut spreads[from..until]);
                if is_flat {
                    for &value in values {
                        self.begin_next(value);
                    }
                    // As `found` adds it: zero loses its sign.
                    means
                        .iter_mut()
                        .zip(values)
                        .for_each(|(mean, value)| *mean = value + 0.0);
                    spreads.fill(0.0);
                    if let Some(&value) = values.last() {
                        self.rest(value);
                    }
                } else if start < missing {
                    self.warm(values, means, spreads);
                } else {
                    self.piece(values, lags, means, spreads);
                }
                from = until;
            }
            place += end - start;
            if place == length {
                place = 0;
                self.turn();
                let newest = end - 1;
                if flat.contains(&newest) {
                    self.rest(values[newest]);
                }
                (means[newest], spreads[newest]) = self.found();
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
        let sums = [self.sum, self.squares, self.next_sum, self.next_squares];
        let still = self.center != 0.0 && self.center == self.next_center && all_are(0.0, &sums);
        still && self.run.stays(values) && values[0] == self.center
    }

    #[inline]
    fn add(&mut self, value: f64, out: Option<f64>) {
        let off = value - self.center;
        match out {
            Some(out) => {
                let out_off = out - self.center;
                self.sum += off - out_off;
                self.squares += off * off - out_off * out_off;
            }
            None => {
                self.sum += off;
                self.squares += off * off;
            }
        }
        self.begin_next(value);
    }

    #[inline]
    fn begin_next(&mut self, value: f64) {
        let next_off = value - self.next_center;
        self.next_sum += next_off;
        self.next_squares += next_off * next_off;
    }

    /// The ring is round.
    #[inline]
    fn turn(&mut self) {
        self.center = self.next_center;
        self.sum = self.next_sum;
        self.squares = self.next_squares;
        self.next_center = self.center + self.sum * self.share;
        self.next_sum = 0.0;
        self.next_squares = 0.0;
    }

    /// All values of the window are this one.
    #[inline]
    fn rest(&mut self, value: f64) {
        self.center = value;
        self.sum = 0.0;
        self.squares = 0.0;
    }

    #[inline]
    fn found(&self) -> (f64, f64) {
        let mean_off = self.sum * self.share;
        let spread = self.squares - self.sum * mean_off;
        (self.center + mean_off, if spread > REST { spread } else { 0.0 })
    }

    /// Values of any number of rounds, none of them flat, from `place` on, with what they push out: short rounds are not worth to
    /// be begun each by itself.
    #[inline(always)]
    fn rounds(&mut self, mut place: usize, values: &[f64], lags: &mut [f64], means: &mut [f64], spreads: &mut [f64]) {
        let (rows, length) = (values.len(), self.window.len());
        let (lags, means, spreads) = (&mut lags[..rows], &mut means[..rows], &mut spreads[..rows]);
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + length - place);
            // In registers, as `add` does it.
            let (center, next_center) = (self.center, self.next_center);
            let (mut sum, mut squares) = (self.sum, self.squares);
            let (mut next_sum, mut next_squares) = (self.next_sum, self.next_squares);
            for index in start..end {
                let (off, out_off) = (values[index] - center, lags[index] - center);
                sum += off - out_off;
                squares += off * off - out_off * out_off;
                let next_off = values[index] - next_center;
                next_sum += next_off;
                next_squares += next_off * next_off;
                means[index] = sum;
                spreads[index] = squares;
                lags[index] = center;
            }
            (self.sum, self.squares) = (sum, squares);
            (self.next_sum, self.next_squares) = (next_sum, next_squares);
            place += end - start;
            if place == length {
                place = 0;
                self.turn();
                (lags[end - 1], means[end - 1], spreads[end - 1]) = (self.center, self.sum, self.squares);
            }
            start = end;
        }
        let share = self.share;
        for index in 0..rows {
            let mean_off = means[index] * share;
            let spread = spreads[index] - means[index] * mean_off;
            means[index] = lags[index] + mean_off;
            spreads[index] = if spread > REST { spread } else { 0.0 };
        }
    }

    /// Values of the first round: none pushes one out.
    fn warm(&mut self, values: &[f64], means: &mut [f64], spreads: &mut [f64]) {
        for (index, &value) in values.iter().enumerate() {
            self.add(value, None);
            (means[index], spreads[index]) = self.found();
        }
    }

    /// Values of one round, with what they push out. What is added is worked out first: the sums wait for nothing else.
    #[inline(always)]
    fn piece(&mut self, values: &[f64], lags: &mut [f64], means: &mut [f64], spreads: &mut [f64]) {
        let (center, next_center) = (self.center, self.next_center);
        let rows = values.len();
        let (lags, means, spreads) = (&mut lags[..rows], &mut means[..rows], &mut spreads[..rows]);
        for index in 0..rows {
            let off = values[index] - center;
            let out_off = lags[index] - center;
            means[index] = off - out_off;
            spreads[index] = off * off - out_off * out_off;
            lags[index] = values[index] - next_center;
        }
        let (mut sum, mut squares) = (self.sum, self.squares);
        let (mut next_sum, mut next_squares) = (self.next_sum, self.next_squares);
        for index in 0..rows {
            sum += means[index];
            squares += spreads[index];
            next_sum += lags[index];
            next_squares += lags[index] * lags[index];
            means[index] = sum;
            spreads[index] = squares;
        }
        (self.sum, self.squares) = (sum, squares);
        (self.next_sum, self.next_squares) = (next_sum, next_squares);
        let share = self.share;
        for index in 0..rows {
            let mean_off = means[index] * share;
            let spread = spreads[index] - means[index] * mean_off;
            means[index] = center + mean_off;
            spreads[index] = if spread > REST { spread } else { 0.0 };
        }
    }

    /// The values.
    #[inline]
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }
}
