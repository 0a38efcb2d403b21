//! How often something may be done: so many times within a while, as venues count connections and requests.

use std::collections::VecDeque;

use tokio::time::Instant;
use venues::limits::Limit;

/// Gives out times that keep to a limit.
#[derive(Debug)]
pub struct Pace {
    limit: Limit,
    /// The times given out last, as many as the limit counts.
    given: VecDeque<Instant>,
}

impl Pace {
    pub fn new(limit: Limit) -> Self {
        Self {
            limit,
            given: VecDeque::new(),
        }
    }

    /// The first time from `now` on at which it may be done once more. It counts as done then.
    pub fn next(&mut self, now: Instant) -> Instant {
        let mut time = now;
        if self.given.len() >= self.limit.times.max(1) as usize
            && let Some(earliest) = self.given.pop_front()
        {
            time = time.max(earliest + self.limit.within);
        }
        self.given.push_back(time);
        time
    }

    /// Whether it may be done once more now. If so, it counts as done.
    pub fn may(&mut self, now: Instant) -> bool {
        let times = self.limit.times.max(1) as usize;
        let is_full = self.given.len() >= times;
        let is_free = !is_full || self.given.front().is_none_or(|first| *first + self.limit.within <= now);
        if is_free {
            self.next(now);
        }
        is_free
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn no_stretch_holds_more_than_the_limit() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pace = Pace::new(Limit::per_second(3));
        let given: Vec<Instant> = [0, 0, 100, 100, 100, 200, 3_000].map(|ms| pace.next(at(ms))).into();
        assert_eq!(given, [0, 0, 100, 1_000, 1_000, 1_100, 3_000].map(at));
        for window in given.windows(4) {
            assert!(window[3] - window[0] >= Duration::from_secs(1), "{window:?}");
        }
    }

    #[test]
    fn what_may_not_be_done_yet_takes_no_turn() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pace = Pace::new(Limit::per_second(2));
        let may = [0, 100, 200, 999, 1_000, 1_001, 1_100].map(|ms| pace.may(at(ms)));
        assert_eq!(may, [true, true, false, false, true, false, true]);
    }
}
