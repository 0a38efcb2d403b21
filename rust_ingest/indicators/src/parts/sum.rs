//! The sum of the newest values.

use super::run::Run;
use super::window::Window;
use crate::indicator::BLOCK;
use crate::memory::memory;

/// The sum over a window, which forgets what left it.
///
/// The running sum takes each value in and out, and would keep the rounding of all that ever passed. So a second one begins
/// anew each time the ring is round, and takes its place at the next: no error is older than two windows. Where all values of
/// the window are the same, the sum is that value times their number.
pub(crate) struct Sum {
    window: Window,
    total: f64,
    fresh: f64,
    run: Run,
}

memory!(Sum {
    window,
    total,
    fresh,
    run
});

impl Sum {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            window: Window::of(length),
            total: 0.0,
            fresh: 0.0,
            run: Run::of(length),
        }
    }

    /// Takes a value; the sum once the window is full.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        self.take(value);
        self.window.is_full().then_some(self.total)
    }

    /// As `push`, divided by the number of values; of equal values it is that value.
    #[inline]
    pub(crate) fn mean(&mut self, value: f64) -> Option<f64> {
        let flat = self.take(value);
        let mean = if flat {
            value
        } else {
            self.total / self.window.len() as f64
        };
        self.window.is_full().then_some(mean)
    }

    /// Takes a value; whether all in the window are the same.
    #[inline]
    fn take(&mut self, value: f64) -> bool {
        self.total += match self.window.push(value) {
            Some(out) => value - out,
            None => value,
        };
        self.fresh += value;
        if self.window.is_round() {
            self.total = self.fresh;
            self.fresh = 0.0;
        }
        let flat = self.run.push(value);
        if flat {
            self.total = value * self.window.len() as f64;
        }
        flat
    }

    /// As `push` for each; how many of the first are without a sum.
    #[inline(always)]
    pub(crate) fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        Sums::pass([self], [values], [out], false)
    }

    /// As `mean` for each; how many of the first are without a mean.
    #[inline(always)]
    pub(crate) fn means(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        Sums::pass([self], [values], [out], true)
    }

    /// The window that is summed.
    #[inline]
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }
}

/// Several sums over windows of one length.
pub(crate) struct Sums<const N: usize> {
    sums: [Sum; N],
}

memory!(Sums<const N: usize> { sums });

impl<const N: usize> Sums<N> {
    pub(crate) fn of(length: usize) -> Self {
        Self {
            sums: std::array::from_fn(|_| Sum::of(length)),
        }
    }

    /// Takes a value for each; the sums once the windows are full.
    #[inline]
    pub(crate) fn push(&mut self, values: [f64; N]) -> Option<[f64; N]> {
        let mut totals = [0.0; N];
        let mut full = true;
        for ((sum, value), total) in self.sums.iter_mut().zip(values).zip(&mut totals) {
            match sum.push(value) {
                Some(found) => *total = found,
                None => full = false,
            }
        }
        full.then_some(totals)
    }

    /// As `push` for each; how many of the first are without sums.
    #[inline(always)]
    pub(crate) fn columns(&mut self, values: [&[f64]; N], out: [&mut [f64]; N]) -> usize {
        Self::pass(self.sums.each_mut(), values, out, false)
    }

    /// Goes through the columns from round to round: the additions of several sums do not wait for each other.
    #[inline(always)]
    fn pass(sums: [&mut Sum; N], values: [&[f64]; N], out: [&mut [f64]; N], means: bool) -> usize {
        let rows = values[0].len();
        let values = values.map(|values| &values[..rows]);
        let mut out = out.map(|out| &mut out[..rows]);
        let length = sums[0].window.len();
        let mut place = sums[0].window.since_round();
        let cold = (sums[0].window.missing()).saturating_sub(1).min(rows);
        let mut lags = [[0.0; BLOCK]; N];
        for side in 0..N {
            sums[side].window.lagged(values[side], &mut lags[side][..rows]);
        }
        let mut totals: [f64; N] = std::array::from_fn(|side| sums[side].total);
        let mut freshes: [f64; N] = std::array::from_fn(|side| sums[side].fresh);
        let rests: [bool; N] = std::array::from_fn(|side| sums[side].run.stays(values[side]));
        if (0..N).all(|side| rests[side] || sums[side].run.moves(values[side])) {
            for side in 0..N {
                for (lag, value) in lags[side].iter_mut().zip(values[side]) {
                    *lag = value - *lag;
                }
            }
            let mut start = 0;
            while start < rows {
                let end = rows.min(start + length - place);
                for index in start..end {
                    for side in 0..N {
                        totals[side] += lags[side][index];
                        freshes[side] += values[side][index];
                        out[side][index] = totals[side];
                    }
                }
                place += end - start;
                if place == length {
                    place = 0;
                    for side in 0..N {
                        totals[side] = std::mem::take(&mut freshes[side]);
                        out[side][end - 1] = totals[side];
                    }
                }
                start = end;
            }
            for side in 0..N {
                if rests[side] {
                    for (place, value) in out[side].iter_mut().zip(values[side]) {
                        *place = value * length as f64;
                    }
                    totals[side] = out[side][rows - 1];
                } else {
                    sums[side].run.move_on(values[side]);
                }
                if means && rests[side] {
                    out[side].copy_from_slice(values[side]);
                } else if means {
                    out[side].iter_mut().for_each(|total| *total /= length as f64);
                }
                sums[side].total = totals[side];
                sums[side].fresh = freshes[side];
            }
            return cold;
        }
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + length - place);
            let count = end - start;
            let pieces = values.map(|values| &values[start..][..count]);
            let lags = lags.each_ref().map(|lags| &lags[start..][..count]);
            let out = out.each_mut().map(|out| &mut out[start..][..count]);
            let flats: [_; N] = std::array::from_fn(|side| sums[side].run.pass(pieces[side]));
            if flats.iter().all(|flat| flat.is_empty()) {
                for index in 0..count {
                    for side in 0..N {
                        let value = pieces[side][index];
                        totals[side] += value - lags[side][index];
                        freshes[side] += value;
                        out[side][index] = totals[side];
                    }
                }
            } else {
                for side in 0..N {
                    let (piece, lags, out) = (pieces[side], lags[side], &mut *out[side]);
                    let (mut total, flat) = (totals[side], flats[side].clone());
                    for index in 0..flat.start {
                        total += piece[index] - lags[index];
                        out[index] = total;
                    }
                    for index in flat.clone() {
                        out[index] = piece[index] * length as f64;
                    }
                    if let Some(newest) = flat.clone().last() {
                        total = out[newest];
                    }
                    for index in flat.end..count {
                        total += piece[index] - lags[index];
                        out[index] = total;
                    }
                    totals[side] = total;
                    piece.iter().for_each(|value| freshes[side] += value);
                }
            }
            place += count;
            if place == length {
                place = 0;
                for side in 0..N {
                    if flats[side].end != count {
                        totals[side] = freshes[side];
                        out[side][count - 1] = totals[side];
                    }
                    freshes[side] = 0.0;
                }
            }
            if means {
                for side in 0..N {
                    out[side].iter_mut().for_each(|total| *total /= length as f64);
                    let flat = flats[side].clone();
                    out[side][flat.clone()].copy_from_slice(&pieces[side][flat]);
                }
            }
            start = end;
        }
        for side in 0..N {
            sums[side].total = totals[side];
            sums[side].fresh = freshes[side];
        }
        cold
    }
}
