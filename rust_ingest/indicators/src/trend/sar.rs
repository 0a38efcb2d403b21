//! The parabolic stop and reverse.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{higher, lower, rested};
use crate::parts::Last;

/// A stop that follows the price faster and faster, never into the range of the last two rows; once it is reached the other
/// side begins, at the extreme so far.
pub struct Sar {
    step: f64,
    maximum: f64,
    high: Last,
    low: Last,
    begun: bool,
    is_long: bool,
    /// Of the row to come.
    stop: f64,
    extreme: f64,
    factor: f64,
}

memory!(Sar {
    high,
    low,
    begun,
    is_long,
    stop,
    extreme,
    factor,
});

impl Sar {
    pub(crate) fn of(acceleration: f64, maximum: f64) -> Self {
        Self {
            step: lower(acceleration, maximum),
            maximum,
            high: Last::none(),
            low: Last::none(),
            begun: false,
            is_long: false,
            stop: 0.0,
            extreme: 0.0,
            factor: 0.0,
        }
    }

    fn long(&mut self, high: f64, low: f64, last_high: f64, last_low: f64) -> f64 {
        if low <= self.stop {
            self.is_long = false;
            let stop = higher(higher(self.extreme, last_high), high);
            self.reverse(low, stop);
            self.stop = higher(higher(self.stop, last_high), high);
            return stop;
        }
        let stop = self.stop;
        if high > self.extreme {
            self.reach(high);
        }
        self.follow(stop);
        self.stop = lower(lower(self.stop, last_low), low);
        stop
    }

    fn short(&mut self, high: f64, low: f64, last_high: f64, last_low: f64) -> f64 {
        if high >= self.stop {
            self.is_long = true;
            let stop = lower(lower(self.extreme, last_low), low);
            self.reverse(high, stop);
            self.stop = lower(lower(self.stop, last_low), low);
            return stop;
        }
        let stop = self.stop;
        if low < self.extreme {
            self.reach(low);
        }
        self.follow(stop);
        self.stop = higher(higher(self.stop, last_high), high);
        stop
    }

    fn reverse(&mut self, extreme: f64, stop: f64) {
        self.factor = self.step;
        self.extreme = extreme;
        self.follow(stop);
    }

    fn reach(&mut self, extreme: f64) {
        self.extreme = extreme;
        self.factor = lower(self.factor + self.step, self.maximum);
    }

    fn follow(&mut self, stop: f64) {
        self.stop = rested(stop * (1.0 - self.factor) + self.extreme * self.factor);
    }
}

impl Indicator<2, 1> for Sar {
    #[inline]
    fn update(&mut self, [high, low]: [f64; 2]) -> Option<[f64; 1]> {
        let (mut last_high, mut last_low) = self.high.push(high).zip(self.low.push(low))?;
        if !self.begun {
            self.begun = true;
            let (up, down) = (high - last_high, last_low - low);
            self.is_long = !(down > 0.0 && up < down);
            self.extreme = if self.is_long { high } else { low };
            self.stop = if self.is_long { last_low } else { last_high };
            self.factor = self.step;
            // The first row's range is left out.
            (last_high, last_low) = (high, low);
        }
        Some([match self.is_long {
            true => self.long(high, low, last_high, last_low),
            false => self.short(high, low, last_high, last_low),
        }])
    }
}
