//! How two series go together.

use super::window::Window;
use crate::memory::memory;
use crate::number::{REST, higher, lower, ratio};

/// Sums of squared deviations and of their products, of two series over a window.
///
/// The centers, and why the sums begin anew: see `Moments`.
pub(crate) struct Pairs {
    windows: [Window; 2],
    centers: [f64; 2],
    sums: [f64; 5],
    next_centers: [f64; 2],
    next_sums: [f64; 5],
    last: [f64; 2],
    /// How often each `last` has come in a row, up to the window's length.
    same: [usize; 2],
}

memory!(Pairs {
    windows,
    centers,
    sums,
    next_centers,
    next_sums,
    last,
    same,
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
        let found = ratio(self.product, self.first.sqrt() * self.second.sqrt(), 0.0);
        higher(lower(found, 1.0), -1.0)
    }
}

impl Pairs {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            windows: [Window::of(length), Window::of(length)],
            centers: [0.0; 2],
            sums: [0.0; 5],
            next_centers: [0.0; 2],
            next_sums: [0.0; 5],
            last: [0.0; 2],
            same: [0; 2],
        }
    }

    /// Takes a pair; the sums once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, first: f64, second: f64) -> Option<Together> {
        let length = self.windows[0].len();
        let count = length as f64;
        let values = [first, second];
        if self.same[0] == 0 {
            self.centers = values;
            self.next_centers = values;
        }
        let terms = terms_of(first - self.centers[0], second - self.centers[1]);
        let out = [self.windows[0].push(first), self.windows[1].push(second)];
        let changes = match out {
            [Some(out_first), Some(out_second)] => {
                let out_terms = terms_of(out_first - self.centers[0], out_second - self.centers[1]);
                std::array::from_fn(|term| terms[term] - out_terms[term])
            }
            _ => terms,
        };
        add(&mut self.sums, changes);
        add(
            &mut self.next_sums,
            terms_of(first - self.next_centers[0], second - self.next_centers[1]),
        );
        if self.windows[0].is_round() {
            self.centers = self.next_centers;
            self.sums = self.next_sums;
            self.next_centers = std::array::from_fn(|side| self.centers[side] + self.sums[side] / count);
            self.next_sums = [0.0; 5];
        }
        for (side, value) in values.into_iter().enumerate() {
            if value != self.last[side] || self.same[side] == 0 {
                self.last[side] = value;
                self.same[side] = 1;
            } else if self.same[side] < length {
                self.same[side] += 1;
            }
        }
        if !self.windows[0].is_full() {
            return None;
        }
        let [x, y, xx, yy, xy] = self.sums;
        let first = if self.same[0] == length {
            0.0
        } else {
            xx - x * (x / count)
        };
        let second = if self.same[1] == length {
            0.0
        } else {
            yy - y * (y / count)
        };
        let product = if first > REST && second > REST {
            xy - x * (y / count)
        } else {
            0.0
        };
        Some(Together {
            first: if first > REST { first } else { 0.0 },
            second: if second > REST { second } else { 0.0 },
            product,
        })
    }
}

#[inline]
fn terms_of(x: f64, y: f64) -> [f64; 5] {
    [x, y, x * x, y * y, x * y]
}

#[inline]
fn add(sums: &mut [f64; 5], terms: [f64; 5]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        *sum += term;
    }
}
