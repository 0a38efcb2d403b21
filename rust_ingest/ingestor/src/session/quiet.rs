//! Heartbeats: when an instrument has no trade for a while, its time still goes on.

use serde::{Deserialize, Serialize};

const BEAT_NS: i64 = 1_000_000_000;

/// The newest time that the venue named, and when it reached us.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Seen {
    event_ns: i64,
    receive_ns: i64,
}

/// What an instrument's heartbeat follows from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Quiet {
    newest: Option<Seen>,
    /// When the next heartbeat is due; none while no stream flows: silence says nothing then.
    due_ns: Option<i64>,
}

impl Quiet {
    pub fn connected(&mut self, now_ns: i64) {
        self.due_ns = Some(now_ns.saturating_add(BEAT_NS));
    }

    pub fn disconnected(&mut self) {
        self.due_ns = None;
    }

    #[inline]
    pub fn traded(&mut self, receive_ns: i64) {
        self.due_ns = Some(receive_ns.saturating_add(BEAT_NS));
    }

    /// A message named a time. Times of one connection's streams go backwards now and then; the newest counts.
    #[inline]
    pub fn saw(&mut self, event_ns: i64, receive_ns: i64) {
        if self.newest.is_none_or(|newest| event_ns > newest.event_ns) {
            self.newest = Some(Seen { event_ns, receive_ns });
        }
    }

    /// The newest time that the venue named.
    pub fn newest_event_ns(&self) -> Option<i64> {
        self.newest.map(|newest| newest.event_ns)
    }

    /// Whether `beat` would tell a time.
    pub fn is_due(&self, now_ns: i64) -> bool {
        self.newest.is_some() && self.due_ns.is_some_and(|due_ns| due_ns <= now_ns)
    }

    /// The venue's time now, estimated, if a heartbeat is due: a second without a trade, and each second from there.
    pub fn beat(&mut self, now_ns: i64) -> Option<i64> {
        let due_ns = self.due_ns.filter(|_| self.is_due(now_ns))?;
        let newest = self.newest?;
        let next_ns = due_ns.saturating_add(BEAT_NS);
        self.due_ns = Some(if next_ns > now_ns {
            next_ns
        } else {
            now_ns.saturating_add(BEAT_NS)
        });
        Some(newest.event_ns.saturating_add(now_ns - newest.receive_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = BEAT_NS;

    #[test]
    fn beats_each_second_without_a_trade() {
        let mut quiet = Quiet::default();
        quiet.connected(0);
        quiet.saw(500 * SECOND, 10);
        assert_eq!(quiet.beat(SECOND - 1), None);
        assert_eq!(quiet.beat(SECOND), Some(501 * SECOND - 10));
        assert_eq!(quiet.beat(SECOND + 5), None);
        assert_eq!(quiet.beat(2 * SECOND + 7), Some(502 * SECOND - 10 + 7));
        assert_eq!(quiet.beat(3 * SECOND), Some(503 * SECOND - 10), "the rhythm stays");
        quiet.traded(3 * SECOND + 1);
        assert_eq!(quiet.beat(4 * SECOND), None);
        assert!(quiet.beat(4 * SECOND + 1).is_some());
    }

    #[test]
    fn a_long_pause_makes_one_beat() {
        let mut quiet = Quiet::default();
        quiet.connected(0);
        quiet.saw(0, 0);
        assert!(quiet.beat(10 * SECOND).is_some());
        assert_eq!(quiet.beat(10 * SECOND + 1), None);
    }

    #[test]
    fn older_times_do_not_count() {
        let mut quiet = Quiet::default();
        quiet.connected(0);
        quiet.saw(100, 10);
        quiet.saw(90, 20);
        assert_eq!(quiet.beat(SECOND), Some(100 + SECOND - 10));
    }

    #[test]
    fn no_beat_without_a_venue_time_or_a_connection() {
        let mut quiet = Quiet::default();
        quiet.connected(0);
        assert_eq!(quiet.beat(5 * SECOND), None);
        quiet.saw(100, 5 * SECOND);
        quiet.disconnected();
        assert_eq!(quiet.beat(9 * SECOND), None);
        quiet.connected(9 * SECOND);
        assert_eq!(quiet.beat(9 * SECOND), None);
        assert!(quiet.beat(10 * SECOND).is_some());
    }
}
