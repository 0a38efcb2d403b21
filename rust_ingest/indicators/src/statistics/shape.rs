//! The shape of the values' distribution.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::{higher, lower, ratio};
use crate::parts::Moments;

/// The third moment by the second's to the power 1.5; 0 where all values are the same. Within the n that it can be.
pub struct Skew {
    count: f64,
    moments: Moments,
}

memory!(Skew { moments });

impl Skew {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            count: timeperiod as f64,
            moments: Moments::of(timeperiod),
        }
    }
}

impl Single for Skew {
    #[inline]
    fn next(&mut self, real: f64) -> Option<f64> {
        let (mean, spread) = self.moments.push(real)?;
        let mut cubes = 0.0;
        for value in self.moments.window().pieces().into_iter().flatten() {
            let off = value - mean;
            cubes += off * off * off;
        }
        let second = spread / self.count;
        let skew = ratio(cubes / self.count, second * second.sqrt(), 0.0);
        Some(higher(lower(skew, self.count), -self.count))
    }
}

/// The fourth moment by the square of the second, less 3; 0 where all values are the same. The first within the n that it can
/// be.
pub struct Kurtosis {
    count: f64,
    moments: Moments,
}

memory!(Kurtosis { moments });

impl Kurtosis {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            count: timeperiod as f64,
            moments: Moments::of(timeperiod),
        }
    }
}

impl Single for Kurtosis {
    #[inline]
    fn next(&mut self, real: f64) -> Option<f64> {
        let (mean, spread) = self.moments.push(real)?;
        let mut fourths = 0.0;
        for value in self.moments.window().pieces().into_iter().flatten() {
            let off = value - mean;
            let square = off * off;
            fourths += square * square;
        }
        let second = spread / self.count;
        Some(lower(ratio(fourths / self.count, second * second, 3.0), self.count) - 3.0)
    }
}
