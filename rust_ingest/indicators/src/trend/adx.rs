//! How directional the price is: dx, its average, and the average's average.

use super::directional::Directions;
use crate::indicator::Indicator;
use crate::memory::memory;
use crate::parts::{Count, Window};

/// The difference of both movements in percent of their sum. Where there is none it stays as it was, at first 0.
pub struct Dx {
    directions: Directions,
    value: f64,
}

memory!(Dx { directions, value });

impl Dx {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            directions: Directions::of(timeperiod),
            value: 0.0,
        }
    }
}

impl Indicator<3, 1> for Dx {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        if !self.directions.push(high, low, close) {
            return None;
        }
        if let Some(found) = directedness(&self.directions) {
            self.value = found;
        }
        Some([self.value])
    }
}

/// Wilder's average of dx, begun by the mean of the first n. A row without movement leaves it as it was.
pub struct Adx {
    directions: Directions,
    count: Count,
    /// The sum of the values before there are enough.
    average: f64,
}

memory!(Adx {
    directions,
    count,
    average,
});

impl Adx {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            directions: Directions::of(timeperiod),
            count: Count::to(timeperiod),
            average: 0.0,
        }
    }
}

impl Indicator<3, 1> for Adx {
    #[inline]
    fn update(&mut self, [high, low, close]: [f64; 3]) -> Option<[f64; 1]> {
        if !self.directions.push(high, low, close) {
            return None;
        }
        let found = directedness(&self.directions);
        let length = self.count.needed();
        if self.count.is_done() {
            if let Some(found) = found {
                self.average = (self.average * (length - 1.0) + found) / length;
            }
            return Some([self.average]);
        }
        self.count.add();
        if let Some(found) = found {
            self.average += found;
        }
        if !self.count.is_done() {
            return None;
        }
        self.average /= length;
        Some([self.average])
    }
}

/// The mean of adx now and n - 1 rows ago.
pub struct Adxr {
    adx: Adx,
    window: Window,
}

memory!(Adxr { adx, window });

impl Adxr {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            adx: Adx::of(timeperiod),
            window: Window::of(timeperiod),
        }
    }
}

impl Indicator<3, 1> for Adxr {
    #[inline]
    fn update(&mut self, row: [f64; 3]) -> Option<[f64; 1]> {
        let [adx] = self.adx.update(row)?;
        self.window.push(adx);
        let full = self.window.is_full();
        full.then(|| [(adx + self.window.oldest()) / 2.0])
    }
}

/// 0 to 100; None without movement.
#[inline]
fn directedness(directions: &Directions) -> Option<f64> {
    let total = directions.plus + directions.minus;
    (total > 0.0).then(|| 100.0 * ((directions.plus - directions.minus).abs() / total))
}
