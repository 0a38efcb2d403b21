//! The relative strength index.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::{STILL, ratio};
use crate::parts::Last;

/// Wilder's averages of gains and losses, begun by the mean of the first n.
///
/// Where nothing moves any more both die away together; once they are less than `STILL` they stay.
struct Changes {
    timeperiod: usize,
    keep: f64,
    share: f64,
    last: Last,
    count: usize,
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
            timeperiod,
            keep: (timeperiod as f64 - 1.0) / timeperiod as f64,
            share: 1.0 / timeperiod as f64,
            last: Last::none(),
            count: 0,
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
        if self.count == self.timeperiod {
            if change != 0.0 || self.gain + self.loss >= STILL {
                self.gain = self.gain * self.keep + gain * self.share;
                self.loss = self.loss * self.keep + loss * self.share;
            }
            return Some((self.gain, self.loss));
        }
        self.count += 1;
        self.gain += gain;
        self.loss += loss;
        if self.count < self.timeperiod {
            return None;
        }
        self.gain /= self.timeperiod as f64;
        self.loss /= self.timeperiod as f64;
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
