//! Points in time, as the state machines are handed them.

use std::time::Duration;

/// One moment, read from both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// ns since 1970: what records bear. It may be set.
    pub wall_ns: i64,
    /// ns since some moment in the past: what waits are measured by. It never goes back.
    pub steady_ns: i64,
}

/// A length in ns; centuries are cut to 292 years.
pub(crate) fn nanoseconds(length: Duration) -> i64 {
    i64::try_from(length.as_nanos()).unwrap_or(i64::MAX)
}
