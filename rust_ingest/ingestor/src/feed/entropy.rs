//! The one source of randomness: for jitter and frame masks, where no secret hangs on it.

use std::hash::{BuildHasher, RandomState};

/// A number that differs from call to call and from process to process.
pub fn number() -> u64 {
    RandomState::new().hash_one(0_u8)
}
