//! Volatility of closes.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::higher;
use crate::parts::{Highest, Last, Moments, Sum};

/// The sample standard deviation of the logarithms' changes, times the root of the rows in a year.
pub struct HistoricalVolatility {
    freedom: f64,
    rows_per_year: f64,
    last: Last,
    moments: Moments,
}

memory!(HistoricalVolatility { last, moments });

impl HistoricalVolatility {
    pub(crate) fn of(timeperiod: usize, rows_per_year: f64) -> Self {
        Self {
            freedom: timeperiod as f64 - 1.0,
            rows_per_year,
            last: Last::none(),
            moments: Moments::of(timeperiod),
        }
    }
}

impl Single for HistoricalVolatility {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let last = self.last.push(close)?;
        let (_, spread) = self.moments.push((close / last).ln())?;
        Some((spread / self.freedom * self.rows_per_year).sqrt())
    }
}

/// The root of the mean square of how far the close is below the window's highest, in percent.
pub struct Ulcer {
    highest: Highest,
    squares: Sum,
}

memory!(Ulcer { highest, squares });

impl Ulcer {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            highest: Highest::of(timeperiod),
            squares: Sum::of(timeperiod),
        }
    }
}

impl Single for Ulcer {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let highest = self.highest.push(close)?;
        let below = 100.0 * ((close - highest) / highest);
        let mean = self.squares.mean(below * below)?;
        Some(higher(mean, 0.0).sqrt())
    }
}
