//! Kaufman's adaptive moving average.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::rested;
use crate::parts::{Last, Sum, Window};

/// As quick as a span of 2 where the price goes straight, as slow as one of 30 where it goes to and fro.
///
/// The first average starts from the price before it. A window in which nothing moved counts as straight.
pub struct Kama {
    window: Window,
    last: Last,
    path: Sum,
    average: Last,
}

memory!(Kama {
    window,
    last,
    path,
    average,
});

impl Kama {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod),
            last: Last::none(),
            path: Sum::of(timeperiod),
            average: Last::none(),
        }
    }
}

impl Single for Kama {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let before = self.window.push(close);
        let last = self.last.push(close)?;
        let path = self.path.push((close - last).abs())?;
        let way = (close - before?).abs();
        let efficiency = if path <= way { 1.0 } else { way / path };
        let root = efficiency * (2.0 / 3.0 - 2.0 / 31.0) + 2.0 / 31.0;
        let start = self.average.get().unwrap_or(last);
        let value = rested(start + (close - start) * (root * root));
        self.average.push(value);
        Some(value)
    }
}
