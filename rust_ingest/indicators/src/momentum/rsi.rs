//! The relative strength index.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::{STILL, ratio, rested};
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
        let gain = if change > 0.0 { change } else { 0.0 };
        let loss = if change > 0.0 { 0.0 } else { 0.0 - change };
        if self.count.is_done() {
            if change != 0.0 || self.gain + self.loss >= STILL {
                self.gain = rested(self.gain * self.keep + gain * self.share);
                self.loss = rested(self.loss * self.keep + loss * self.share);
            }
            return Some((self.gain, self.loss));
        }
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
        Some(100.0 * ratio(gain, gain + loss, 0.0))
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
        Some(100.0 * ratio(gain - loss, gain + loss, 0.0))
    }
}
