//! When a book that the stream brings is asked for anew.

use serde::{Deserialize, Serialize};

/// The first wait between two requests for a book; each is twice the one before.
const AGAIN_NS: i64 = 15_000_000_000;
/// So that the longest is four minutes: venues count requests, OKX 480 an hour and connection, and a book that stays wrong is not to use
/// up those of the others.
const DOUBLINGS_MAX: u32 = 4;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FreshBook {
    /// When it was last asked for, on this connection.
    asked_ns: Option<i64>,
    /// When the connection's own subscription asked.
    opened_ns: Option<i64>,
    /// How often it was asked for on this connection without holding for long.
    #[serde(default)]
    in_vain: u32,
}

impl FreshBook {
    pub fn opened(&mut self, now_ns: i64) {
        *self = Self {
            opened_ns: Some(now_ns),
            ..Self::default()
        };
    }

    pub fn closed(&mut self) {
        *self = Self::default();
    }

    /// The book was found wrong: true if it is to be asked for now.
    pub fn found_wrong(&mut self, now_ns: i64) -> bool {
        self.ask(self.asked_ns, now_ns)
    }

    /// Whether `still_missing` would ask.
    pub fn is_missing(&self, now_ns: i64) -> bool {
        self.opened_ns.is_some() && self.is_time(self.asked_ns.or(self.opened_ns), now_ns)
    }

    /// There still is none: true if it is to be asked for once more.
    pub fn still_missing(&mut self, now_ns: i64) -> bool {
        self.opened_ns.is_some() && self.ask(self.asked_ns.or(self.opened_ns), now_ns)
    }

    fn ask(&mut self, last_ns: Option<i64>, now_ns: i64) -> bool {
        let is_due = self.is_time(last_ns, now_ns);
        if is_due {
            // One that held for longer than the wait was right.
            let held = |asked_ns: i64| now_ns.saturating_sub(asked_ns) >= 2 * self.wait_ns();
            let is_first = self.asked_ns.is_none_or(held);
            self.in_vain = if is_first { 0 } else { self.in_vain + 1 };
            self.asked_ns = Some(now_ns);
        }
        is_due
    }

    fn is_time(&self, last_ns: Option<i64>, now_ns: i64) -> bool {
        last_ns.is_none_or(|last_ns| now_ns.saturating_sub(last_ns) >= self.wait_ns())
    }

    fn wait_ns(&self) -> i64 {
        AGAIN_NS << self.in_vain.min(DOUBLINGS_MAX)
    }
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

    #[test]
    fn one_that_stays_wrong_is_asked_for_ever_less_often() {
        let mut fresh = FreshBook::default();
        fresh.opened(0);
        let asked = |fresh: &mut FreshBook, seconds: std::ops::Range<i64>| -> Vec<i64> {
            let is_asked = |second: &i64| fresh.still_missing(second * 1_000_000_000);
            seconds.filter(is_asked).collect()
        };
        assert_eq!(asked(&mut fresh, 0..1_000), [15, 30, 60, 120, 240, 480, 720, 960]);
        assert!(
            2 * asked(&mut fresh, 1_000..4_600).len() <= 480 / 16,
            "sixteen such books keep to OKX's limit"
        );
        // It came, and held for ten minutes.
        let at = |second: i64| second * 1_000_000_000;
        assert!(fresh.found_wrong(at(5_200)));
        assert_eq!(asked(&mut fresh, 5_201..5_240), [5_215]);
    }
}
