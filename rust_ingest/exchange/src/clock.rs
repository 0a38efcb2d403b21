//! The one place that asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

pub const NS_PER_MS: u64 = 1_000_000;

/// Milliseconds since 1970: the unit of the venue's times.
pub fn now_ms() -> u64 {
    now_ns() / NS_PER_MS
}

/// Nanoseconds since 1970.
pub fn now_ns() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos() as u64)
}
