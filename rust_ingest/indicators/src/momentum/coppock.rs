//! The Coppock curve.

use crate::indicator::Single;
use crate::memory::memory;
use crate::parts::Window;
use crate::trend::Wma;

/// A weighted average of the sum of two rates of change.
pub struct Coppock {
    windows: [Window; 2],
    average: Wma,
}

memory!(Coppock { windows, average });

impl Coppock {
    pub(crate) fn of(wmaperiod: usize, roc1period: usize, roc2period: usize) -> Self {
        Self {
            windows: [roc1period, roc2period].map(Window::of),
            average: Wma::of(wmaperiod),
        }
    }
}

impl Single for Coppock {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let [first, second] = self.windows.each_mut().map(|window| window.push(close));
        let (first, second) = first.zip(second)?;
        self.average
            .next((close / first - 1.0) * 100.0 + (close / second - 1.0) * 100.0)
    }
}
