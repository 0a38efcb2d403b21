//! How often a venue lets one address connect and ask, and how long it may be silent. Processes on one address share the
//! former, and do not know of each other.

use std::time::Duration;

/// At most `times` within any stretch of `within`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub times: u32,
    pub within: Duration,
}

impl Limit {
    pub const fn per_second(times: u32) -> Self {
        Self {
            times,
            within: Duration::from_secs(1),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections opened, those that fail included.
    pub openings: Limit,
    /// Texts sent, over all connections.
    pub messages: Option<Limit>,
    /// Texts sent on one connection; pings do not count.
    pub messages_each: Option<Limit>,
    /// Books asked for by REST, over all instruments; none where streams bring them.
    pub books: Option<Limit>,
    /// A connection silent for so long is dead; none where silence says nothing.
    pub silence: Option<Duration>,
}
