//! The volume-synchronised probability of informed trading.

use crate::indicator::Single;
use crate::memory::memory;
use crate::number::{lower, sign};
use crate::parts::{Last, Sum};

/// How far apart bought and sold volume were in each of the newest buckets of equal volume, on average.
///
/// A trade that is larger than what its bucket still takes is divided; of one that fills more buckets than are looked at, only so
/// many count.
pub struct Vpin {
    bucket_volume: f64,
    buckets: usize,
    filled: f64,
    /// Of what is filled, less what was sold.
    bought: f64,
    imbalances: Sum,
    value: Last,
}

memory!(Vpin {
    filled,
    bought,
    imbalances,
    value
});

impl Vpin {
    pub(crate) fn of(bucket_volume: f64, buckets: usize) -> Self {
        Self {
            bucket_volume,
            buckets,
            filled: 0.0,
            bought: 0.0,
            imbalances: Sum::of(buckets),
            value: Last::none(),
        }
    }

    fn close(&mut self, bought: f64) {
        if let Some(mean) = self.imbalances.mean(bought.abs() / self.bucket_volume) {
            self.value.push(mean);
        }
        self.filled = 0.0;
        self.bought = 0.0;
    }
}

impl Single for Vpin {
    #[inline]
    fn next(&mut self, signed_volume: f64) -> Option<f64> {
        let side = sign(signed_volume);
        let mut left = signed_volume.abs();
        let rest = self.bucket_volume - self.filled;
        if left >= rest {
            left -= rest;
            self.close(self.bought + side * rest);
            // What is over first: the quotient alone may round up to one bucket more.
            let over = left % self.bucket_volume;
            let whole = lower(((left - over) / self.bucket_volume + 0.5).floor(), self.buckets as f64);
            for _ in 0..whole as usize {
                self.close(side * self.bucket_volume);
            }
            left = over;
        }
        self.filled += left;
        self.bought += side * left;
        self.value.get()
    }
}
