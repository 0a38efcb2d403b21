//! The microprice.

use crate::indicator::Indicator;
use crate::memory::memory;
use crate::number::{higher, ratio};
use crate::parts::Last;

/// The middle, plus the mean of the next move of the middle that followed quotes of such an imbalance so far.
///
/// Stoikov's first-order adjustment G1, of the imbalance alone, learned from the stream itself; quotes and their mirror images
/// teach the same. Where nothing was learned yet it is 0, and so for quotes of one size on both sides.
pub struct Microprice {
    buckets: usize,
    middle: Last,
    /// Quotes of each imbalance since the middle moved.
    waiting: Box<[f64]>,
    moves: Box<[f64]>,
    counts: Box<[f64]>,
}

memory!(Microprice {
    middle,
    waiting,
    moves,
    counts
});

impl Microprice {
    pub(crate) fn of(buckets: usize) -> Self {
        Self {
            buckets,
            middle: Last::none(),
            waiting: vec![0.0; buckets].into(),
            moves: vec![0.0; buckets].into(),
            counts: vec![0.0; buckets].into(),
        }
    }
}

impl Indicator<4, 1> for Microprice {
    #[inline]
    fn update(&mut self, [bid, bid_size, ask, ask_size]: [f64; 4]) -> Option<[f64; 1]> {
        let middle = (bid + ask) / 2.0;
        if let Some(last) = self.middle.push(middle)
            && middle != last
        {
            for bucket in 0..self.buckets {
                self.moves[bucket] += self.waiting[bucket] * (middle - last);
                self.counts[bucket] += self.waiting[bucket];
                self.waiting[bucket] = 0.0;
            }
        }
        // By the heavier side, so that a quote and its mirror image are in mirrored buckets.
        let heavier = ratio(higher(bid_size, ask_size), bid_size + ask_size, 0.5);
        let heavy = ((heavier * self.buckets as f64) as usize).min(self.buckets - 1);
        let light = self.buckets - 1 - heavy;
        if bid_size == ask_size {
            self.waiting[heavy] += 0.5;
            self.waiting[light] += 0.5;
            return Some([middle]);
        }
        let (bucket, mirror) = if bid_size > ask_size {
            (heavy, light)
        } else {
            (light, heavy)
        };
        self.waiting[bucket] += 1.0;
        let moves = self.moves[bucket] - self.moves[mirror];
        let counts = self.counts[bucket] + self.counts[mirror];
        Some([middle + ratio(moves, counts, 0.0)])
    }
}
