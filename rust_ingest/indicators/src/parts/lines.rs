//! Sums for straight lines and linear weights.

use super::window::Window;
use crate::memory::memory;

/// Sum, and sum weighted 1 for the oldest to `length` for the newest, of a window's values less a center.
///
/// The center, and why the sums begin anew: see `Moments`.
pub(crate) struct Line {
    window: Window,
    pub(crate) center: f64,
    pub(crate) sum: f64,
    pub(crate) weighted: f64,
    next_center: f64,
    next_sum: f64,
    next_weighted: f64,
    last: f64,
    /// How often `last` has come in a row, up to the window's length.
    same: usize,
}

memory!(Line {
    window,
    center,
    sum,
    weighted,
    next_center,
    next_sum,
    next_weighted,
    last,
    same,
});

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
            last: 0.0,
            same: 0,
        }
    }

    /// Takes a value; true once the window is full, and the sums are of use.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> bool {
        let length = self.window.len();
        if self.same == 0 {
            self.center = value;
            self.next_center = value;
        }
        let weight = (self.window.since_round() + 1) as f64;
        let off = value - self.center;
        match self.window.push(value) {
            Some(out) => {
                self.weighted += length as f64 * off - self.sum;
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
        if self.window.is_round() {
            self.center = self.next_center;
            self.sum = self.next_sum;
            self.weighted = self.next_weighted;
            self.next_center = self.center + self.sum / length as f64;
            self.next_sum = 0.0;
            self.next_weighted = 0.0;
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
            self.weighted = 0.0;
        }
        self.window.is_full()
    }
}
