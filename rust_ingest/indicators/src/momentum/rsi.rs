//! The relative strength index.

use crate::columns::{none, within};
use crate::indicator::{BLOCK, Single, by_rows};
use crate::memory::memory;
use crate::number::{STILL, near_rest, ratio, rested};
use crate::parts::{Count, Last};

/// Wilder's averages of gains and losses, begun by the mean of the first n.
///
/// Where nothing moves any more both die away together; once they are less than `STILL` they stay. Where the price goes one
/// way only, the other one comes to rest at zero.
struct Changes {
    keep: f64,
    share: f64,
    last: Last,
    count: Count,
    gain: f64,
    loss: f64,
}

memory!(Changes {
    last,
    count,
    gain,
    loss,
});

impl Changes {
    fn of(timeperiod: usize) -> Self {
        Self {
            keep: (timeperiod as f64 - 1.0) / timeperiod as f64,
            share: 1.0 / timeperiod as f64,
            last: Last::none(),
            count: Count::to(timeperiod),
            gain: 0.0,
            loss: 0.0,
        }
    }

    /// Takes a value; gain and loss.
    #[inline]
    fn push(&mut self, close: f64) -> Option<(f64, f64)> {
        let change = close - self.last.push(close)?;
        if self.count.is_done() {
            return Some(self.step(change));
        }
        let (gain, loss) = sides(change);
        self.count.add();
        self.gain += gain;
        self.loss += loss;
        if !self.count.is_done() {
            return None;
        }
        self.gain /= self.count.needed();
        self.loss /= self.count.needed();
        Some((self.gain, self.loss))
    }

    /// Takes a change; there have been enough.
    #[inline]
    fn step(&mut self, change: f64) -> (f64, f64) {
        if change != 0.0 || self.gain + self.loss >= STILL {
            let (gain, loss) = sides(change);
            self.gain = rested(self.gain * self.keep + gain * self.share);
            self.loss = rested(self.loss * self.keep + loss * self.share);
        }
        (self.gain, self.loss)
    }

    /// What `of` makes of gain and loss of each; how many of the first are without.
    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64], of: impl Fn(f64, f64) -> f64) -> usize {
        let missing = self.count.missing() + usize::from(self.last.get().is_none());
        let begun = missing.min(values.len());
        let cold = by_rows(&values[..begun], out, |close| {
            self.push(close).map(|(gain, loss)| of(gain, loss))
        });
        let (values, out) = (&values[begun..], &mut out[begun..values.len()]);
        let (mut changes, mut losses) = ([0.0; BLOCK], [0.0; BLOCK]);
        let (changes, losses) = (&mut changes[..out.len()], &mut losses[..out.len()]);
        self.last.lagged(values, changes);
        for (place, close) in changes.iter_mut().zip(values) {
            *place = close - *place;
        }
        if !self.moving(changes, out, losses) {
            for ((place, loss), &change) in out.iter_mut().zip(&mut *losses).zip(&*changes) {
                (*place, *loss) = self.step(change);
            }
        }
        for (place, &loss) in out.iter_mut().zip(&*losses) {
            *place = of(*place, loss);
        }
        cold
    }

    /// Gain and loss of each, if nothing comes near to rest.
    #[inline(always)]
    fn moving(&mut self, changes: &[f64], gains: &mut [f64], losses: &mut [f64]) -> bool {
        if self.gain + self.loss < STILL {
            return false;
        }
        let (keep, share) = (self.keep, self.share);
        let (mut gain, mut loss) = (self.gain, self.loss);
        for ((gains, losses), &change) in gains.iter_mut().zip(&mut *losses).zip(changes) {
            let (up, down) = sides(change);
            gain = gain * keep + up * share;
            loss = loss * keep + down * share;
            (*gains, *losses) = (gain, loss);
        }
        let moves = none(
            gains
                .iter()
                .zip(&*losses)
                .map(|(&gain, &loss)| near_rest(gain) | near_rest(loss) | within(gain + loss, STILL)),
        );
        if moves {
            (self.gain, self.loss) = (gain, loss);
        }
        moves
    }
}

/// Gain and loss.
#[inline(always)]
fn sides(change: f64) -> (f64, f64) {
    let gain = if change > 0.0 { change } else { 0.0 };
    let loss = if change > 0.0 { 0.0 } else { 0.0 - change };
    (gain, loss)
}

/// The average gain in percent of gain and loss; 0 where nothing ever moved (TA-Lib).
pub struct Rsi {
    changes: Changes,
}

memory!(Rsi { changes });

impl Rsi {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            changes: Changes::of(timeperiod),
        }
    }
}

impl Single for Rsi {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let (gain, loss) = self.changes.push(close)?;
        Some(of_both(gain, loss))
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.changes.column(values, out, of_both)
    }
}

/// Gain less loss in percent of both; 0 where nothing ever moved.
pub struct Cmo {
    changes: Changes,
}

memory!(Cmo { changes });

impl Cmo {
    pub(crate) fn of(timeperiod: usize) -> Self {
        Self {
            changes: Changes::of(timeperiod),
        }
    }
}

impl Single for Cmo {
    #[inline]
    fn next(&mut self, close: f64) -> Option<f64> {
        let (gain, loss) = self.changes.push(close)?;
        Some(balance(gain, loss))
    }

    #[inline(always)]
    fn column(&mut self, values: &[f64], out: &mut [f64]) -> usize {
        self.changes.column(values, out, balance)
    }
}

#[inline(always)]
fn of_both(gain: f64, loss: f64) -> f64 {
    100.0 * ratio(gain, gain + loss, 0.0)
}

#[inline(always)]
fn balance(gain: f64, loss: f64) -> f64 {
    100.0 * ratio(gain - loss, gain + loss, 0.0)
}
