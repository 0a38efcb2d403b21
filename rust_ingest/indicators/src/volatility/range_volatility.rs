//! Volatility of the bars' ranges: standard deviations, times the root of the rows in a year.

use std::f64::consts::LN_2;

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::higher;
use crate::parts::{Last, Moments, Sum};

/// Of high and low: the mean square of their logarithms' difference by 4 ln 2.
pub struct Parkinson {
    rows_per_year: f64,
    terms: Sum,
}

memory!(Parkinson { terms });

impl Parkinson {
    pub(crate) fn of(timeperiod: usize, rows_per_year: f64) -> Self {
        Self {
            rows_per_year,
            terms: Sum::of(timeperiod),
        }
    }
}

impl Indicator<2, 1> for Parkinson {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 1]> {
        let way = (high / low).ln();
        let term = way * way;
        let mean = self.terms.mean(term)?;
        Some([(higher(mean / (4.0 * LN_2), 0.0) * self.rows_per_year).sqrt()])
    }
}

/// Of all four prices: half the square of high by low, less `2 ln 2 - 1` times that of close by open.
pub struct GarmanKlass {
    rows_per_year: f64,
    terms: Sum,
}

memory!(GarmanKlass { terms });

impl GarmanKlass {
    pub(crate) fn of(timeperiod: usize, rows_per_year: f64) -> Self {
        Self {
            rows_per_year,
            terms: Sum::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for GarmanKlass {
    #[inline]
    fn update(&mut self, [open, high, low, close]: [f64; 4]) -> Option<[f64; 1]> {
        let (way, body) = ((high / low).ln(), (close / open).ln());
        let term = 0.5 * way * way - (2.0 * LN_2 - 1.0) * body * body;
        let mean = self.terms.mean(term)?;
        Some([(higher(mean, 0.0) * self.rows_per_year).sqrt()])
    }
}

/// Of all four prices, whatever the drift.
pub struct RogersSatchell {
    rows_per_year: f64,
    terms: Sum,
}

memory!(RogersSatchell { terms });

impl RogersSatchell {
    pub(crate) fn of(timeperiod: usize, rows_per_year: f64) -> Self {
        Self {
            rows_per_year,
            terms: Sum::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for RogersSatchell {
    #[inline]
    fn update(&mut self, [open, high, low, close]: [f64; 4]) -> Option<[f64; 1]> {
        let term = drift_free((high / open).ln(), (low / open).ln(), (close / open).ln());
        let mean = self.terms.mean(term)?;
        Some([(higher(mean, 0.0) * self.rows_per_year).sqrt()])
    }
}

/// The variance from close to open, plus k times that from open to close, plus 1 - k times Rogers and Satchell's.
pub struct YangZhang {
    freedom: f64,
    rows_per_year: f64,
    weight: f64,
    close: Last,
    overnight: Moments,
    body: Moments,
    terms: Sum,
}

memory!(YangZhang {
    close,
    overnight,
    body,
    terms
});

impl YangZhang {
    pub(crate) fn of(timeperiod: usize, rows_per_year: f64) -> Self {
        Self {
            freedom: timeperiod as f64 - 1.0,
            rows_per_year,
            weight: 0.34 / (1.34 + (timeperiod as f64 + 1.0) / (timeperiod as f64 - 1.0)),
            close: Last::none(),
            overnight: Moments::of(timeperiod),
            body: Moments::of(timeperiod),
            terms: Sum::of(timeperiod),
        }
    }
}

impl Indicator<4, 1> for YangZhang {
    #[inline]
    fn update(&mut self, [open, high, low, close]: [f64; 4]) -> Option<[f64; 1]> {
        let last = self.close.push(close)?;
        let overnight = self.overnight.push((open / last).ln());
        let moved = (close / open).ln();
        let body = self.body.push(moved);
        let mean = self
            .terms
            .mean(drift_free((high / open).ln(), (low / open).ln(), moved))?;
        let ((_, overnight), (_, body)) = overnight.zip(body)?;
        let variance = overnight / self.freedom + self.weight * (body / self.freedom) + (1.0 - self.weight) * mean;
        Some([(higher(variance, 0.0) * self.rows_per_year).sqrt()])
    }
}

/// Rogers and Satchell's term, of the logarithms of high, low and close by open.
#[inline]
fn drift_free(up: f64, down: f64, moved: f64) -> f64 {
    up * (up - moved) + down * (down - moved)
}
