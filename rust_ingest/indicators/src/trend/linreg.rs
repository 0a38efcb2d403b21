//! The straight line through the window, by least squares.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Line;

/// Slope and beginning of the line; the oldest row is 0.
struct Fit {
    line: Line,
    count: f64,
    /// The sum of the rows' numbers.
    rows: f64,
    /// n times the sum of their squares, less the square of their sum.
    spread: f64,
}

memory!(Fit { line });

impl Fit {
    fn of(timeperiod: usize) -> Self {
        let count = timeperiod as f64;
        Self {
            line: Line::of(timeperiod),
            count,
            rows: count * (count - 1.0) / 2.0,
            spread: count * count * (count * count - 1.0) / 12.0,
        }
    }

    /// Takes a value; slope and beginning once the window is full.
    #[inline]
    fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        if !self.line.push(value) {
            return None;
        }
        let line = &self.line;
        let slope = (self.count * (line.weighted - line.sum) - self.rows * line.sum) / self.spread;
        Some((slope, line.center + (line.sum - slope * self.rows) / self.count))
    }
}

/// The line at the newest row.
pub struct Linreg {
    fit: Fit,
}

memory!(Linreg { fit });

impl Linreg {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            fit: Fit::of(timeperiod),
        }
    }
}

impl Single for Linreg {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let (slope, start) = self.fit.push(close)?;
        Some(start + slope * (self.fit.count - 1.0))
    }
}

/// Its slope.
pub struct LinregSlope {
    fit: Fit,
}

memory!(LinregSlope { fit });

impl LinregSlope {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            fit: Fit::of(timeperiod),
        }
    }
}

impl Single for LinregSlope {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let (slope, _) = self.fit.push(close)?;
        Some(slope)
    }
}

/// The line at the oldest row.
pub struct LinregIntercept {
    fit: Fit,
}

memory!(LinregIntercept { fit });

impl LinregIntercept {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            fit: Fit::of(timeperiod),
        }
    }
}

impl Single for LinregIntercept {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let (_, start) = self.fit.push(close)?;
        Some(start)
    }
}

/// Its slope in degrees.
pub struct LinregAngle {
    fit: Fit,
}

memory!(LinregAngle { fit });

impl LinregAngle {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            fit: Fit::of(timeperiod),
        }
    }
}

impl Single for LinregAngle {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let (slope, _) = self.fit.push(close)?;
        Some(slope.atan() * (180.0 / std::f64::consts::PI))
    }
}

/// The line one row after the newest.
pub struct Tsf {
    fit: Fit,
}

memory!(Tsf { fit });

impl Tsf {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            fit: Fit::of(timeperiod),
        }
    }
}

impl Single for Tsf {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let (slope, start) = self.fit.push(close)?;
        Some(start + slope * self.fit.count)
    }
}
