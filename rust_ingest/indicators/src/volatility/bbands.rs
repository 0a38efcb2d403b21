//! Bollinger bands, and what is read from them.

use crate::indicator::{Indicator, Single, chill};
use crate::memory::memory;
use crate::number::ratio;
use crate::parts::Moments;

/// The mean, and so many standard deviations above and below.
pub struct Bbands {
    count: f64,
    nbdevup: f64,
    nbdevdn: f64,
    moments: Moments,
}

memory!(Bbands { moments });

impl Bbands {
    pub(crate) fn of(timeperiod: usize, nbdevup: f64, nbdevdn: f64) -> Self {
        Self {
            count: timeperiod as f64,
            nbdevup,
            nbdevdn,
            moments: Moments::of(timeperiod),
        }
    }
}

impl Indicator<1, 3> for Bbands {
    #[inline]
    fn update(&mut self, [close]: [f64; 1]) -> Option<[f64; 3]> {
        let (mean, spread) = self.moments.push(close)?;
        let deviation = (spread / self.count).sqrt();
        Some([mean + self.nbdevup * deviation, mean, mean - self.nbdevdn * deviation])
    }

    #[inline(always)]
    fn block(mut self, [close]: [&[f64]; 1], [upper, mean, lower]: [&mut [f64]; 3]) -> Self {
        let cold = self.moments.columns(close, mean, upper);
        for ((upper, mean), lower) in upper.iter_mut().zip(&*mean).zip(&mut *lower) {
            let deviation = (*upper / self.count).sqrt();
            *upper = mean + self.nbdevup * deviation;
            *lower = mean - self.nbdevdn * deviation;
        }
        chill([upper, mean, lower], cold);
        self
    }
}

/// Where the close stands between the bands: 0 at the lower, 1 at the upper; 0.5 where they are one.
pub struct BbandsPercentB {
    bands: Bbands,
}

memory!(BbandsPercentB { bands });

impl BbandsPercentB {
    pub(crate) fn of(timeperiod: usize, nbdevup: f64, nbdevdn: f64) -> Self {
        Self {
            bands: Bbands::of(timeperiod, nbdevup, nbdevdn),
        }
    }
}

impl Single for BbandsPercentB {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let [upper, _, lower] = self.bands.update([close])?;
        Some(ratio(close - lower, upper - lower, 0.5))
    }
}

/// How far the bands are apart, by the mean.
pub struct BbandsWidth {
    bands: Bbands,
}

memory!(BbandsWidth { bands });

impl BbandsWidth {
    pub(crate) fn of(timeperiod: usize, nbdevup: f64, nbdevdn: f64) -> Self {
        Self {
            bands: Bbands::of(timeperiod, nbdevup, nbdevdn),
        }
    }
}

impl Single for BbandsWidth {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let [upper, mean, lower] = self.bands.update([close])?;
        Some((upper - lower) / mean)
    }
}
