//! Chance for the seeded market: integers only, so that every machine draws the same.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{RngCore, SeedableRng};

/// One standard deviation of [`Chance::normal`].
pub const NORMAL_ONE: i64 = 1 << 16;

/// A stream of random draws.
#[derive(Debug)]
pub struct Chance(Pcg64Mcg);

impl Chance {
    /// Draws of its own for each pair of seed and name.
    pub fn new(seed: u64, name: &str) -> Chance {
        // FNV-1a: a hash that stays what it is.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Chance(Pcg64Mcg::seed_from_u64(seed.rotate_left(32) ^ hash))
    }

    /// Less than `end`, all equally likely. `end` is above 0.
    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(end)) >> 64) as u64
    }

    /// True in `percent` of a hundred draws.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// About normal: the sum of twelve even draws, in units of [`NORMAL_ONE`].
    pub fn normal(&mut self) -> i64 {
        let sum: i64 = (0..12).map(|_| self.below(NORMAL_ONE as u64) as i64).sum();
        sum - 6 * NORMAL_ONE
    }

    /// 0, 1, 2, …: each next one `percent` as likely as the one before.
    pub fn geometric(&mut self, percent: u64) -> u64 {
        (0..64).take_while(|_| self.percent(percent)).count() as u64
    }

    /// Heavy-tailed around `typical`: mostly less, sometimes twenty times as much. At least 1.
    pub fn size(&mut self, typical: u64) -> u64 {
        let doubled = typical << self.geometric(38).min(5);
        (doubled * (1 + self.below(100)) / 70).max(1)
    }

    /// A waiting time with mean `mean`: a sum of two even draws, without the exponential's rare extremes.
    pub fn wait(&mut self, mean: u64) -> u64 {
        1 + self.below(mean.max(1)) + self.below(mean.max(1))
    }
}
