//! When a book that the stream brings is asked for anew.

use serde::{Deserialize, Serialize};

/// Two requests every 15 seconds are the 480 an hour that OKX takes of a connection.
const AGAIN_NS: i64 = 15_000_000_000;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FreshBook {
    /// When it was last asked for, on this connection.
    asked_ns: Option<i64>,
    /// When the connection's own subscription asked.
    opened_ns: Option<i64>,
}

impl FreshBook {
    pub fn opened(&mut self, now_ns: i64) {
        (self.asked_ns, self.opened_ns) = (None, Some(now_ns));
    }

    pub fn closed(&mut self) {
        (self.asked_ns, self.opened_ns) = (None, None);
    }

    /// The book was found wrong: true if it is to be asked for now.
    pub fn found_wrong(&mut self, now_ns: i64) -> bool {
        self.ask(self.asked_ns, now_ns)
    }

    /// Whether `still_missing` would ask.
    pub fn is_missing(&self, now_ns: i64) -> bool {
        self.opened_ns.is_some() && is_time(self.asked_ns.or(self.opened_ns), now_ns)
    }

    /// There still is none: true if it is to be asked for once more.
    pub fn still_missing(&mut self, now_ns: i64) -> bool {
        self.opened_ns.is_some() && self.ask(self.asked_ns.or(self.opened_ns), now_ns)
    }

    fn ask(&mut self, last_ns: Option<i64>, now_ns: i64) -> bool {
        let is_due = is_time(last_ns, now_ns);
        if is_due {
            self.asked_ns = Some(now_ns);
        }
        is_due
    }
}

fn is_time(last_ns: Option<i64>, now_ns: i64) -> bool {
    last_ns.is_none_or(|last_ns| now_ns.saturating_sub(last_ns) >= AGAIN_NS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_at_once_and_then_not_too_often() {
        let mut fresh = FreshBook::default();
        assert!(!fresh.still_missing(0), "nothing is connected");
        fresh.opened(0);
        assert!(!fresh.still_missing(AGAIN_NS - 1));
        assert!(fresh.found_wrong(5));
        assert!(!fresh.found_wrong(6) && !fresh.still_missing(AGAIN_NS));
        assert!(fresh.still_missing(AGAIN_NS + 5));
        fresh.closed();
        assert!(!fresh.still_missing(9 * AGAIN_NS));
    }
}
