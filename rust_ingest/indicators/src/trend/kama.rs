//! Kaufman's adaptive moving average.

use crate::indicator::{BLOCK, Single};
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
        let start = self.average.get().unwrap_or(last);
        let value = step(start, close, weight(way, path));
        self.average.push(value);
        Some(value)
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        let rows = values.len();
        let (mut lasts, mut moves, mut weights) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
        let (lasts, moves, weights) = (&mut lasts[..rows], &mut moves[..rows], &mut weights[..rows]);
        // The window's first value leaves with the first change that the path has n of.
        self.window.lagged(values, weights);
        let first = self.last.lagged(values, lasts);
        for ((place, close), last) in moves.iter_mut().zip(values).zip(&*lasts) {
            *place = (close - last).abs();
        }
        let cold = first + self.path.column(&moves[first..], &mut out[first..]);
        for ((place, close), path) in weights.iter_mut().zip(values).zip(&*out).skip(cold) {
            *place = weight((close - *place).abs(), *path);
        }
        let mut average = self.average.get();
        for index in cold..rows {
            let start = average.unwrap_or(lasts[index]);
            out[index] = step(start, values[index], weights[index]);
            average = Some(out[index]);
        }
        if let Some(average) = average {
            self.average.push(average);
        }
        cold
    }
}

#[inline]
fn weight(way: f64, path: f64) -> f64 {
    let efficiency = if path <= way { 1.0 } else { way / path };
    let root = efficiency * (2.0 / 3.0 - 2.0 / 31.0) + 2.0 / 31.0;
    root * root
}

#[inline]
fn step(start: f64, close: f64, weight: f64) -> f64 {
    rested(start + (close - start) * weight)
}
