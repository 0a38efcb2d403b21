//! Kaufman's adaptive moving average.

use crate::indicator::{BLOCK, Single};
use crate::memory::memory;
use crate::parts::{Last, Leap, Sum, Window};

/// As quick as a span of 2 where the price goes straight, as slow as one of 30 where it goes to and fro.
///
/// The first average starts from the price before it. A window in which nothing moved counts as straight.
pub struct Kama {
    window: Window,
    last: Last,
    path: Sum,
    begun: bool,
    average: Leap,
}

memory!(Kama {
    window,
    last,
    path,
    begun,
    average,
});

impl Kama {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            window: Window::of(timeperiod),
            last: Last::none(),
            path: Sum::of(timeperiod),
            begun: false,
            average: Leap::from(0.0),
        }
    }

    /// The first average starts from the price before it.
    #[inline]
    fn begin(&mut self, last: f64) {
        if !self.begun {
            self.begun = true;
            self.average = Leap::from(last);
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
        self.begin(last);
        Some(self.average.step(step([close, weight(way, path)])))
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let rows = values.len();
        let [mut lasts, mut moves, mut weights] = [[0.0; BLOCK]; 3];
        let (lasts, moves, weights) = (&mut lasts[..rows], &mut moves[..rows], &mut weights[..rows]);
        // The window's first value leaves with the first change that the path has n of.
        self.window.lagged(values, weights);
        let first = self.last.lagged(values, lasts);
        for ((place, close), last) in moves.iter_mut().zip(values).zip(&*lasts) {
            *place = (close - last).abs();
        }
        let cold = first + self.path.column(&moves[first..], &mut out[first..]);
        let (values, weights, out) = (&values[cold..], &mut weights[cold..], &mut out[cold..rows]);
        for ((place, close), path) in weights.iter_mut().zip(values).zip(&*out) {
            *place = weight((close - *place).abs(), *path);
        }
        if let Some(&last) = lasts.get(cold) {
            self.begin(last);
        }
        self.average.column([values, weights], out, step);
        cold
    }
}

#[inline]
fn weight(way: f64, path: f64) -> f64 {
    let efficiency = if path <= way { 1.0 } else { way / path };
    let root = efficiency * (2.0 / 3.0 - 2.0 / 31.0) + 2.0 / 31.0;
    root * root
}

/// What is kept, and what is added.
#[inline(always)]
fn step([close, weight]: [f64; 2]) -> [f64; 2] {
    [1.0 - weight, close * weight]
}
