//! The sum of the newest values.

use super::run::Run;
use super::window::Window;
use crate::indicator::BLOCK;
use crate::memory::memory;

/// The sum over a window, which forgets what left it.
///
/// The running sum takes each value in and out, and would keep the rounding of all that ever passed. So a second one begins
/// anew each time the ring is round, and takes its place at the next: no error is older than two windows. Where all values of
/// the window are the same, the sum is that value times their number.
pub(crate) struct Sum {
    /// Of each value in the mean.
    share: f64,
    window: Window,
    total: f64,
    fresh: f64,
    run: Run,
}

memory!(Sum {
    window,
    total,
    fresh,
    run
});

impl Sum {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            share: 1.0 / length as f64,
            window: Window::of(length),
            total: 0.0,
            fresh: 0.0,
            run: Run::of(length),
        }
    }

    /// Takes a value; the sum once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        self.take(value);
        self.window.is_full().then_some(self.total)
    }

    /// As `push`, by the number of values; of equal values it is that value.
    #[inline]
    pub(crate) fn mean(&mut self, value: f64) -> Option<f64> {
        let flat = self.take(value);
        let mean = if flat { value } else { self.total * self.share };
        self.window.is_full().then_some(mean)
    }

    /// Takes a value; whether all in the window are the same.
    #[inline]
    fn take(&mut self, value: f64) -> bool {
        self.total += match self.window.push(value) {
            Some(out) => value - out,
            None => value,
        };
        self.fresh += value;
        if self.window.is_round() {
            self.total = self.fresh;
            self.fresh = 0.0;
        }
        let flat = self.run.push(value);
        if flat {
            self.total = value * self.window.len() as f64;
        }
        flat
    }

    /// As `push` for each; how many of the first are without a sum.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let rows = values.len();
        let cold = self.window.missing().saturating_sub(1).min(rows);
        self.pass(values, &mut out[..rows], &mut [false; BLOCK]);
        cold
    }

    /// As `mean` for each; how many of the first are without a mean.
    #[inline(always)]
    pub(crate) fn means(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let rows = values.len();
        let out = &mut out[..rows];
        let cold = self.window.missing().saturating_sub(1).min(rows);
        let share = self.share;
        let mut flats = [false; BLOCK];
        match self.pass(values, out, &mut flats) {
            Flat::Never => out.iter_mut().for_each(|total| *total *= share),
            Flat::Always => out.copy_from_slice(values),
            Flat::Here => {
                for ((place, &value), flat) in out.iter_mut().zip(values).zip(flats) {
                    *place = if flat { value } else { *place * share };
                }
            }
        }
        cold
    }

    /// The sum after each value; where the window is flat, which is marked if it is so at some only.
    #[inline(always)]
    fn pass(&mut self, values: &[f64], out: &mut [f64], flats: &mut [bool; BLOCK]) -> Flat {
        let out = &mut out[..values.len()];
        let place = self.window.since_round();
        if self.run.stays(values) {
            self.window.take(values);
            self.rest(place, values, out);
            return Flat::Always;
        }
        // What each changes the sum by, then the sum.
        self.window.changes(values, out);
        if self.run.moves(values) {
            self.run.move_on(values);
            Self::rounds([self], place, [values], [out]);
            return Flat::Never;
        }
        self.pieces(place, values, out, flats);
        Flat::Here
    }

    /// Values that the window is full of, of which the first comes to `place`.
    #[inline(always)]
    fn rest(&mut self, place: usize, values: &[f64], out: &mut [f64]) {
        let (Some(&value), length) = (values.first(), self.window.len()) else {
            return;
        };
        self.total = value * length as f64;
        out.fill(self.total);
        // What was added before the ring was round is gone.
        let since_round = self.window.since_round();
        let added = if place + values.len() >= length {
            self.fresh = 0.0;
            since_round
        } else {
            values.len()
        };
        (0..added).for_each(|_| self.fresh += value);
    }

    /// Values of any number of rounds, none of them flat, for windows of one length; sums take the places of what each value changes
    /// them by. No sum waits for another.
    #[inline(always)]
    fn rounds<const N: usize>(sums: [&mut Self; N], mut place: usize, values: [&[f64]; N], out: [&mut [f64]; N]) {
        let (rows, length) = (values[0].len(), sums[0].window.len());
        let mut out = out;
        let mut totals: [f64; N] = std::array::from_fn(|side| sums[side].total);
        let mut fresh: [f64; N] = std::array::from_fn(|side| sums[side].fresh);
        let mut start = 0;
        while start < rows {
            let count = (rows - start).min(length - place);
            let end = start + count;
            let round = values.map(|values| &values[start..end]);
            let places = out.each_mut().map(|out| &mut out[start..end]);
            for index in 0..end - start {
                for side in 0..N {
                    totals[side] += places[side][index];
                    fresh[side] += round[side][index];
                    places[side][index] = totals[side];
                }
            }
            place += count;
            if place == length {
                place = 0;
                totals = std::mem::replace(&mut fresh, [0.0; N]);
                for side in 0..N {
                    out[side][end - 1] = totals[side];
                }
            }
            start = end;
        }
        for (side, sum) in sums.into_iter().enumerate() {
            (sum.total, sum.fresh) = (totals[side], fresh[side]);
        }
    }

    /// As `rounds`, of any values: round by round, before the window is flat, where it is, and behind it.
    fn pieces(&mut self, mut place: usize, values: &[f64], out: &mut [f64], flats: &mut [bool; BLOCK]) {
        let (rows, length) = (values.len(), self.window.len());
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + length - place);
            let flat = self.run.pass(&values[start..end]);
            let flat = start + flat.start..start + flat.end;
            let mut total = self.total;
            for index in (start..flat.start).chain(flat.end..end) {
                // Behind it the sum goes on from there.
                if index == flat.end && index > flat.start {
                    total = values[index - 1] * length as f64;
                }
                total += out[index];
                out[index] = total;
            }
            for index in flat.clone() {
                out[index] = values[index] * length as f64;
                flats[index] = true;
            }
            self.total = out[end - 1];
            values[start..end].iter().for_each(|value| self.fresh += value);
            place += end - start;
            if place == length {
                place = 0;
                if flat.end != end || flat.is_empty() {
                    self.total = self.fresh;
                    out[end - 1] = self.total;
                }
                self.fresh = 0.0;
            }
            start = end;
        }
    }

    /// The window that is summed.
    #[inline]
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }
}

/// Several sums over windows of one length.
pub(crate) struct Sums<const N: usize> {
    sums: [Sum; N],
}

memory!(Sums<const N: usize> { sums });

impl<const N: usize> Sums<N> {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            sums: std::array::from_fn(|_| Sum::of(length)),
        }
    }

    /// Takes a value for each; the sums once the windows are full.
    #[inline]
    pub(crate) fn push(&mut self, values: [f64; N]) -> Option<[f64; N]> {
        let mut totals = [0.0; N];
        let mut full = true;
        for ((sum, value), total) in self.sums.iter_mut().zip(values).zip(&mut totals) {
            match sum.push(value) {
                Some(found) => *total = found,
                None => full = false,
            }
        }
        full.then_some(totals)
    }

    /// As `push` for each; how many of the first are without sums.
    #[inline(always)]
    pub(crate) fn columns(&mut self, values: [&[f64]; N], out: [&mut [f64]; N]) -> usize {
        let window = &self.sums[0].window;
        let (rows, place) = (values[0].len(), window.since_round());
        let cold = window.missing().saturating_sub(1).min(rows);
        let mut sums = self.sums.iter_mut().zip(values);
        if !sums.all(|(sum, values)| sum.run.moves(values)) {
            for ((sum, values), out) in self.sums.iter_mut().zip(values).zip(out) {
                sum.column(values, out);
            }
            return cold;
        }
        let mut out = out.map(|out| &mut out[..rows]);
        for ((sum, values), out) in self.sums.iter_mut().zip(values).zip(&mut out) {
            sum.window.changes(values, out);
            sum.run.move_on(values);
        }
        Sum::rounds(self.sums.each_mut(), place, values, out);
        cold
    }
}

/// At which values of a block all of the window are the same.
enum Flat {
    Never,
    Always,
    Here,
}
