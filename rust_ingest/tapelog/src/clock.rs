//! The one place where the log client looks at a clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in nanoseconds since the epoch, UTC.
pub fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
