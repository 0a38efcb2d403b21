//! How two series go together.

use super::run::Run;
use super::window::Window;
use crate::columns::all_are;
use crate::indicator::BLOCK;
use crate::memory::memory;
use crate::number::{REST, higher, lower, ratio};

/// Sums of squared deviations and of their products, of two series over a window.
///
/// The centers, and why the sums begin anew: see `Moments`.
pub(crate) struct Pairs {
    /// Of each value in the mean.
    share: f64,
    windows: [Window; 2],
    centers: [f64; 2],
    sums: [f64; 5],
    next_centers: [f64; 2],
    next_sums: [f64; 5],
    runs: [Run; 2],
}

memory!(Pairs {
    windows,
    centers,
    sums,
    next_centers,
    next_sums,
    runs,
});

/// Of a full window.
pub(crate) struct Together {
    /// Sum of squared deviations of the first series.
    pub(crate) first: f64,
    /// Of the second.
    pub(crate) second: f64,
    /// Sum of the products of both deviations.
    pub(crate) product: f64,
}

impl Together {
    /// -1 to 1; 0 where one of them does not move.
    #[inline]
    pub(crate) fn correlation(&self) -> f64 {
        let found = ratio(self.product, (self.first * self.second).sqrt(), 0.0);
        higher(lower(found, 1.0), -1.0)
    }
}

impl Pairs {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            share: 1.0 / length as f64,
            windows: [Window::of(length), Window::of(length)],
            centers: [0.0; 2],
            sums: [0.0; 5],
            next_centers: [0.0; 2],
            next_sums: [0.0; 5],
            runs: [Run::of(length), Run::of(length)],
        }
    }

    /// Takes a pair; the sums once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, first: f64, second: f64) -> Option<Together> {
        self.begin([first, second]);
        let out = self.windows[0].push(first).zip(self.windows[1].push(second));
        self.add([first, second], out.map(|(first, second)| [first, second]));
        if self.windows[0].is_round() {
            self.turn();
        }
        let flat = [self.runs[0].push(first), self.runs[1].push(second)];
        self.windows[0].is_full().then(|| found(self.sums, self.share, flat))
    }

    /// What `of` makes of the sums of each, as `push` gives them; how many of the first are without.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: [&[f64]; 2], out: &mut [f64], of: impl Fn(Together) -> f64) -> usize {
        let rows = values[0].len();
        if rows == 0 {
            return 0;
        }
        let values = values.map(|values| &values[..rows]);
        let out = &mut out[..rows];
        let length = self.windows[0].len();
        let mut place = self.windows[0].since_round();
        let missing = self.windows[0].missing();
        let cold = missing.saturating_sub(1).min(rows);
        self.begin(values.map(|values| values[0]));
        if self.are_still(values) {
            (0..2).for_each(|side| self.windows[side].take(values[side]));
            out.fill(of(found(self.sums, self.share, [true; 2])));
            return cold;
        }
        let mut lags = [[0.0; BLOCK]; 2];
        for side in 0..2 {
            self.windows[side].lagged(values[side], &mut lags[side][..rows]);
        }
        let mut sums = [[0.0; 5]; BLOCK];
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + length - place);
            let piece = values.map(|values| &values[start..end]);
            let flats = [self.runs[0].pass(piece[0]), self.runs[1].pass(piece[1])];
            let lags = match start >= missing {
                true => Some(lags.each_ref().map(|lags| &lags[start..end])),
                false => None,
            };
            let sums = &mut sums[..end - start];
            self.add_piece(piece, lags, sums);
            place += end - start;
            if place == length {
                place = 0;
                self.turn();
                sums[end - start - 1] = self.sums;
            }
            for (index, place) in out[start..end].iter_mut().enumerate() {
                let flat = flats.each_ref().map(|flat| flat.contains(&index));
                *place = of(found(sums[index], self.share, flat));
            }
            start = end;
        }
        cold
    }

    /// Both windows are full of one value, and nothing is left of any other: if these are those, nothing moves.
    #[inline(always)]
    fn are_still(&self, values: [&[f64]; 2]) -> bool {
        let still = all_are(0.0, &self.sums) && all_are(0.0, &self.next_sums);
        still
            && (0..2).all(|side| {
                // A mean of no deviations is the center, but for a zero with a sign, which it loses.
                let center = self.centers[side] + 0.0;
                let stays = all_are(center, &[values[side][0], self.centers[side], self.next_centers[side]]);
                stays && self.runs[side].stays(values[side])
            })
    }

    /// Values of one round, with what they push out; the sums after each.
    #[inline(always)]
    fn add_piece(&mut self, values: [&[f64]; 2], lags: Option<[&[f64]; 2]>, sums: &mut [[f64; 5]]) {
        let values = values.map(|values| &values[..sums.len()]);
        match lags.map(|lags| lags.map(|lags| &lags[..sums.len()])) {
            Some(lags) => {
                for (index, place) in sums.iter_mut().enumerate() {
                    let values = values.map(|values| values[index]);
                    self.add(values, Some(lags.map(|lags| lags[index])));
                    *place = self.sums;
                }
            }
            None => {
                for (index, place) in sums.iter_mut().enumerate() {
                    self.add(values.map(|values| values[index]), None);
                    *place = self.sums;
                }
            }
        }
    }

    /// The first values stand for the means.
    #[inline]
    fn begin(&mut self, values: [f64; 2]) {
        if self.runs[0].is_new() {
            self.centers = values;
            self.next_centers = values;
        }
    }

    #[inline]
    fn add(&mut self, values: [f64; 2], out: Option<[f64; 2]>) {
        let terms = terms_of(values, self.centers);
        let changes = match out {
            Some(out) => {
                let out_terms = terms_of(out, self.centers);
                std::array::from_fn(|term| terms[term] - out_terms[term])
            }
            None => terms,
        };
        add(&mut self.sums, changes);
        add(&mut self.next_sums, terms_of(values, self.next_centers));
    }

    /// The rings are round.
    #[inline]
    fn turn(&mut self) {
        self.centers = self.next_centers;
        self.sums = self.next_sums;
        self.next_centers = std::array::from_fn(|side| self.centers[side] + self.sums[side] * self.share);
        self.next_sums = [0.0; 5];
    }
}

#[inline]
fn found(sums: [f64; 5], share: f64, flat: [bool; 2]) -> Together {
    let [x, y, xx, yy, xy] = sums;
    let first = if flat[0] { 0.0 } else { xx - x * (x * share) };
    let second = if flat[1] { 0.0 } else { yy - y * (y * share) };
    let product = if first > REST && second > REST {
        xy - x * (y * share)
    } else {
        0.0
    };
    Together {
        first: if first > REST { first } else { 0.0 },
        second: if second > REST { second } else { 0.0 },
        product,
    }
}

#[inline]
fn terms_of(values: [f64; 2], centers: [f64; 2]) -> [f64; 5] {
    let (x, y) = (values[0] - centers[0], values[1] - centers[1]);
    [x, y, x * x, y * y, x * y]
}

#[inline]
fn add(sums: &mut [f64; 5], terms: [f64; 5]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += term;
    }
}
