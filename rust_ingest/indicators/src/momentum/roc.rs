//! Changes over n rows.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Window;

/// The change over n rows.
pub struct Mom {
    window: Window,
}

memory!(Mom { window });

impl Mom {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod),
        }
    }
}

impl Single for Mom {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.window.push(close).map(|before| close - before)
    }
}

/// The change over n rows in percent.
pub struct Roc {
    window: Window,
}

memory!(Roc { window });

impl Roc {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod),
        }
    }
}

impl Single for Roc {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.window.push(close).map(|before| (close / before - 1.0) * 100.0)
    }
}

/// The change over n rows, as a part.
pub struct Rocp {
    window: Window,
}

memory!(Rocp { window });

impl Rocp {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod),
        }
    }
}

impl Single for Rocp {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.window.push(close).map(|before| (close - before) / before)
    }
}

/// The close by that of n rows ago.
pub struct Rocr {
    window: Window,
}

memory!(Rocr { window });

impl Rocr {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod),
        }
    }
}

impl Single for Rocr {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.window.push(close).map(|before| close / before)
    }
}

/// The same in percent.
pub struct Rocr100 {
    window: Window,
}

memory!(Rocr100 { window });

impl Rocr100 {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod),
        }
    }
}

impl Single for Rocr100 {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        self.window.push(close).map(|before| close / before * 100.0)
    }
}
