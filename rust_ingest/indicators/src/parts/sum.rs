//! The sum of the newest values.

use super::window::Window;
use crate::memory::memory;

/// The sum over a window, which forgets what left it.
///
/// The running sum takes each value in and out, and would keep the rounding of all that ever passed. So a second one begins
/// anew each time the ring is round, and takes its place at the next: no error is older than two windows. Where all values of
/// the window are the same, the sum is that value times their number.
pub(crate) struct Sum {
    window: Window,
    total: f64,
    fresh: f64,
    last: f64,
    /// How often `last` has come in a row, up to the window's length.
    same: usize,
}

memory!(Sum {
    window,
    total,
    fresh,
    last,
    same
});

impl Sum {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            window: Window::of(length),
            total: 0.0,
            fresh: 0.0,
            last: 0.0,
            same: 0,
        }
    }

    /// Takes a value; the sum once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        let length = self.window.len();
        self.total += match self.window.push(value) {
            Some(out) => value - out,
            None => value,
        };
        self.fresh += value;
        if self.window.is_round() {
            self.total = self.fresh;
            self.fresh = 0.0;
        }
        if value != self.last || self.same == 0 {
            self.last = value;
            self.same = 1;
        } else if self.same < length {
            self.same += 1;
        }
        if self.same == length {
            self.total = value * length as f64;
        }
        self.window.is_full().then_some(self.total)
    }

    /// As `push`, divided by the number of values; of equal values it is that value.
    #[inline]
    pub(crate) fn mean(&mut self, value: f64) -> Option<f64> {
        let length = self.window.len();
        let total = self.push(value)?;
        Some(if self.same == length {
            value
        } else {
            total / length as f64
        })
    }

    /// The window that is summed.
    #[inline]
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }
}
