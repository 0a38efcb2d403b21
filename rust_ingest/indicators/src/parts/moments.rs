//! Mean and spread of the newest values.

use super::window::Window;
use crate::memory::memory;
use crate::number::REST;

/// Mean and sum of squared deviations over a window.
///
/// Values are taken less a center, which is a mean of the series not long ago: sums of squares of the plain values would
/// leave nothing of a small spread about a high price. A second pair of sums begins each time the ring is round, about the
/// mean of then, and takes the first one's place at the next: no error is older than two windows. Where all values of
/// the window are the same, the spread is zero.
pub(crate) struct Moments {
    window: Window,
    center: f64,
    sum: f64,
    squares: f64,
    next_center: f64,
    next_sum: f64,
    next_squares: f64,
    last: f64,
    /// How often `last` has come in a row, up to the window's length.
    same: usize,
}

memory!(Moments {
    window,
    center,
    sum,
    squares,
    next_center,
    next_sum,
    next_squares,
    last,
    same,
});

impl Moments {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            window: Window::of(length),
            center: 0.0,
            sum: 0.0,
            squares: 0.0,
            next_center: 0.0,
            next_sum: 0.0,
            next_squares: 0.0,
            last: 0.0,
            same: 0,
        }
    }

    /// Takes a value; mean and sum of squared deviations from it once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        let length = self.window.len();
        let count = length as f64;
        if self.same == 0 {
            self.center = value;
            self.next_center = value;
        }
        let off = value - self.center;
        match self.window.push(value) {
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
        let next_off = value - self.next_center;
        self.next_sum += next_off;
        self.next_squares += next_off * next_off;
        if self.window.is_round() {
            self.center = self.next_center;
            self.sum = self.next_sum;
            self.squares = self.next_squares;
            self.next_center = self.center + self.sum / count;
            self.next_sum = 0.0;
            self.next_squares = 0.0;
        }
        if value != self.last || self.same == 0 {
            self.last = value;
            self.same = 1;
        } else if self.same < length {
            self.same += 1;
        }
        if self.same == length {
            self.center = value;
            self.sum = 0.0;
            self.squares = 0.0;
        }
        if !self.window.is_full() {
            return None;
        }
        let mean_off = self.sum / count;
        let spread = self.squares - self.sum * mean_off;
        Some((self.center + mean_off, if spread > REST { spread } else { 0.0 }))
    }

    /// The values.
    #[inline]
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }
}
