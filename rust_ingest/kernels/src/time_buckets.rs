//! Where time bars begin and end: at multiples of their length since the epoch, or since a session's open.
//!
//! None reaches beyond its session's end, so that the last one of a session may be shorter. Bars of a day (86,400 s) in
//! sessions are whole sessions, of 23, 24 or 25 hours.

use std::sync::Arc;

use crate::day_session::Session;
use crate::trading_sessions::TradingSessions;

pub(crate) const DAY_NS: i64 = 86_400 * 1_000_000_000;

/// Nanoseconds since 1970, UTC; the end is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub open_ns: i64,
    pub end_ns: i64,
}

/// Of one length. Times are not before 1970.
#[derive(Debug, Clone)]
pub(crate) struct Buckets {
    length_ns: i64,
    sessions: Option<Arc<TradingSessions>>,
    /// Times from here to the session's end find this session.
    known_from_ns: i64,
    known: Option<Session>,
}

impl Buckets {
    /// `length_ns`: in sessions up to a day.
    pub fn new(length_ns: i64, sessions: Option<Arc<TradingSessions>>) -> Self {
        Self {
            length_ns,
            sessions,
            known_from_ns: 0,
            known: None,
        }
    }

    /// The bucket of a time; `None` outside sessions.
    #[inline]
    pub fn of(&mut self, at_ns: i64) -> Option<Bucket> {
        Some(self.next(at_ns)).filter(|bucket| bucket.open_ns <= at_ns)
    }

    /// The bucket of a time, or the first behind it.
    #[inline]
    pub fn next(&mut self, at_ns: i64) -> Bucket {
        if self.sessions.is_some() {
            return self.in_session(at_ns);
        }
        let open_ns = at_ns - at_ns % self.length_ns;
        Bucket {
            open_ns,
            end_ns: open_ns + self.length_ns,
        }
    }

    /// Those that begin at `since_ns` or behind it and have ended by `now_ns`; `None` for more than `most`.
    pub fn over(&mut self, since_ns: i64, now_ns: i64, most: usize) -> Option<Vec<Bucket>> {
        if self.sessions.is_none() && (now_ns - since_ns).div_euclid(self.length_ns) > most as i64 {
            return None;
        }
        let mut found = Vec::new();
        let mut bucket = self.next(since_ns);
        while bucket.end_ns <= now_ns {
            if found.len() == most {
                return None;
            }
            found.push(bucket);
            bucket = self.next(bucket.end_ns);
        }
        Some(found)
    }

    fn in_session(&mut self, at_ns: i64) -> Bucket {
        let session = self.session(at_ns);
        if self.length_ns == DAY_NS {
            return Bucket {
                open_ns: session.open_ns,
                end_ns: session.close_ns,
            };
        }
        let begin_ns = at_ns.max(session.open_ns);
        let open_ns = begin_ns - (begin_ns - session.open_ns) % self.length_ns;
        Bucket {
            open_ns,
            end_ns: (open_ns + self.length_ns).min(session.close_ns),
        }
    }

    fn session(&mut self, at_ns: i64) -> Session {
        if let Some(known) = self.known
            && (self.known_from_ns..known.close_ns).contains(&at_ns)
        {
            return known;
        }
        let sessions = self.sessions.as_ref().expect("asked for in sessions alone");
        let session = sessions.of(at_ns);
        self.known_from_ns = at_ns.min(session.open_ns);
        self.known = Some(session);
        session
    }
}
