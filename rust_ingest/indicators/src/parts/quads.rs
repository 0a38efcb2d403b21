//! Linear weights of few values.

use super::run::Run;
use super::window::Window;
use crate::indicator::{BLOCK, by_rows};
use crate::memory::memory;

/// Values whose sums are taken together.
const QUAD: usize = 4;
/// Rows that are worked on together.
const LANES: usize = 16;

/// The mean of a window weighted 1 for the oldest to `length` for the newest.
///
/// Nothing is carried from one row to the next: each goes through the window, by the sums of four values that follow each
/// other, which rows share. A column then waits for nothing, and no rounding is older than the window.
pub(crate) struct Quads {
    window: Window,
    run: Run,
    /// One by the sum of the weights.
    share: f64,
}

memory!(Quads { window, run });

impl Quads {
    /// The longest window that is worth to be gone through.
    pub(crate) const LONGEST: usize = 24;

    pub(crate) fn of(length: usize) -> Self {
        let count = length as f64;
        Self {
            window: Window::of(length),
            run: Run::of(length),
            share: 2.0 / (count * (count + 1.0)),
        }
    }

    /// Takes a value; the mean once the window is full: of equal values it is that value.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        self.window.push(value);
        let flat = self.run.push(value);
        if !self.window.is_full() {
            return None;
        }
        if flat {
            return Some(value);
        }
        let mut values = [0.0; Self::LONGEST];
        let values = &mut values[..self.window.len()];
        self.window.copy_to(values);
        Some(weighted(values) * self.share)
    }

    /// As `push` for each; how many of the first are without a mean.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let out = &mut out[..values.len()];
        let begun = values.len().min(self.window.missing());
        let cold = by_rows(&values[..begun], out, |value| self.push(value));
        let (values, out) = (&values[begun..], &mut out[begun..]);
        if self.run.stays(values) {
            self.window.take(values);
            out.copy_from_slice(values);
            return cold;
        }
        self.means(values, out);
        self.window.take(values);
        if self.run.moves(values) {
            self.run.move_on(values);
        } else {
            for (place, &value) in out.iter_mut().zip(values) {
                if self.run.push(value) {
                    *place = value;
                }
            }
        }
        cold
    }

    /// The mean with each value, flat or not; the window is full, and has not taken them.
    #[inline(always)]
    fn means(&self, values: &[f64], out: &mut [f64]) {
        let (rows, length, share) = (values.len(), self.window.len(), self.share);
        let mut series = [0.0; BLOCK + Self::LONGEST];
        let series = &mut series[..length + rows];
        self.window.copy_to(&mut series[..length]);
        series[length..].copy_from_slice(values);
        // Of the four values that begin at each.
        let (mut sums, mut weights) = ([0.0; BLOCK + Self::LONGEST], [0.0; BLOCK + Self::LONGEST]);
        for ((four, sum), weight) in series.windows(QUAD).zip(&mut sums).zip(&mut weights) {
            [*sum, *weight] = quad([four[0], four[1], four[2], four[3]]);
        }
        let single = length % QUAD;
        let whole = rows - rows % LANES;
        for (start, out) in (1..).step_by(LANES).zip(out.as_chunks_mut::<LANES>().0) {
            let mut totals = [0.0; LANES];
            for place in 0..single {
                let values = &series[start + place..][..LANES];
                for lane in 0..LANES {
                    totals[lane] += (place + 1) as f64 * values[lane];
                }
            }
            for place in (single..length).step_by(QUAD) {
                let below = place as f64;
                let (sums, weights) = (&sums[start + place..][..LANES], &weights[start + place..][..LANES]);
                for lane in 0..LANES {
                    totals[lane] += below * sums[lane] + weights[lane];
                }
            }
            *out = totals.map(|total| total * share);
        }
        for (row, place) in out.iter_mut().enumerate().skip(whole) {
            *place = weighted(&series[row + 1..][..length]) * share;
        }
    }
}

/// The sum of four, and their sum weighted 1 to 4.
#[inline(always)]
fn quad([first, second, third, fourth]: [f64; QUAD]) -> [f64; 2] {
    let (older, newer) = (first + second, third + fourth);
    [older + newer, (older + second) + (2.0 * newer + (newer + fourth))]
}

/// The sum of values weighted 1 for the first, 2 for the second, and so on.
#[inline]
fn weighted(values: &[f64]) -> f64 {
    let (single, quads) = values.split_at(values.len() % QUAD);
    let mut total = 0.0;
    let mut below = 0.0;
    for value in single {
        below += 1.0;
        total += below * value;
    }
    for &four in quads.as_chunks::<QUAD>().0 {
        let [sum, weight] = quad(four);
        total += below * sum + weight;
        below += QUAD as f64;
    }
    total
}
