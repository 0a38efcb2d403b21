//! The straight line through the window, by least squares.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::{Line, Weighted};

/// The fit over n rows, of which the oldest is row 0.
#[derive(Clone, Copy)]
struct Fit {
    count: f64,
    /// The sum of the rows' numbers.
    rows: f64,
    /// n times the sum of their squares, less the square of their sum.
    spread: f64,
}

impl Fit {
    fn of(timeperiod: usize) -> Self {
        let count = timeperiod as f64;
        Self {
            count,
            rows: count * (count - 1.0) / 2.0,
            spread: count * count * (count * count - 1.0) / 12.0,
        }
    }

    #[inline]
    fn slope(&self, line: Weighted) -> f64 {
        (self.count * (line.weighted - line.sum) - self.rows * line.sum) / self.spread
    }

    /// Slope and beginning.
    #[inline]
    fn both(&self, line: Weighted) -> (f64, f64) {
        let slope = self.slope(line);
        (slope, line.center + (line.sum - slope * self.rows) / self.count)
    }

    #[inline]
    fn end(&self, line: Weighted) -> f64 {
        let (slope, start) = self.both(line);
        start + slope * (self.count - 1.0)
    }

    #[inline]
    fn start(&self, line: Weighted) -> f64 {
        self.both(line).1
    }

    #[inline]
    fn angle(&self, line: Weighted) -> f64 {
        self.slope(line).atan() * (180.0 / std::f64::consts::PI)
    }

    #[inline]
    fn forecast(&self, line: Weighted) -> f64 {
        let (slope, start) = self.both(line);
        start + slope * self.count
    }
}

/// Indicators that differ in what is read from the line alone.
macro_rules! of_the_line {
    ($($(#[doc = $what:literal])* $name:ident => $read:ident;)+) => {$(
        $(#[doc = $what])*
        pub struct $name {
            fit: Fit,
            line: Line,
        }

        memory!($name { line });

        impl $name {
            pub(crate) fn of(timeperiod: usize) -> Self {
                Self {
                    fit: Fit::of(timeperiod),
                    // A slope goes through zero, where each digit counts: no rounding is older than two windows.
                    line: Line::of(timeperiod, timeperiod),
                }
            }
        }

        impl Single for $name {
            #[inline]
            fn next(&mut self, close: f64) -> Option<f64> {
                self.line.push(close).map(|line| self.fit.$read(line))
            }

            #[inline(always)]
            fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
                let fit = self.fit;
                self.line.column(values, out, |line| fit.$read(line))
            }
        }
    )+};
}

of_the_line! {
    /// The line at the newest row.
    Linreg => end;
    /// Its slope.
    LinregSlope => slope;
    /// The line at the oldest row.
    LinregIntercept => start;
    /// Its slope in degrees.
    LinregAngle => angle;
    /// The line one row after the newest.
    Tsf => forecast;
}
