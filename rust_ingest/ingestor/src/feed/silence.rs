//! Notices a connection that died without a word.

use std::time::Duration;

use tokio::time::Instant;

/// What to do about the silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// A ping will show whether the other side still is there.
    Probe,
    /// Nothing came for too long, not even an answer to the probe.
    Dead,
}

/// `deaf` is for how long, all in all, the thread could not listen, as a slow broker held it up: that silence was ours.
#[derive(Debug)]
pub struct Silence {
    longest: Duration,
    probe_after: Duration,
    heard: Instant,
    deaf: Duration,
    probed: bool,
}

impl Silence {
    /// Silent for `longest`, a connection is dead; it is probed halfway, or after `probe_after` if that is earlier.
    pub fn new(longest: Duration, probe_after: Duration, now: Instant, deaf: Duration) -> Self {
        Self {
            longest,
            probe_after: probe_after.min(longest / 2),
            heard: now,
            deaf,
            probed: false,
        }
    }

    /// Some frame came, of any kind.
    pub fn heard(&mut self, now: Instant, deaf: Duration) {
        self.heard = now;
        self.deaf = deaf;
        self.probed = false;
    }

    pub fn judge(&mut self, now: Instant, deaf: Duration) -> Verdict {
        let passed = now.saturating_duration_since(self.heard);
        let silent = passed.saturating_sub(deaf.saturating_sub(self.deaf));
        if silent >= self.longest {
            Verdict::Dead
        } else if silent >= self.probe_after && !self.probed {
            self.probed = true;
            Verdict::Probe
        } else {
            Verdict::Fine
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn probes_once_before_it_gives_up() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut silence = Silence::new(10 * SECOND, 20 * SECOND, start, Duration::ZERO);
        let mut judge = |seconds| silence.judge(at(seconds), Duration::ZERO);
        assert_eq!(judge(4), Verdict::Fine);
        assert_eq!(judge(5), Verdict::Probe);
        assert_eq!(judge(6), Verdict::Fine);
        assert_eq!(judge(10), Verdict::Dead);
        silence.heard(at(11), Duration::ZERO);
        let mut judge = |seconds| silence.judge(at(seconds), Duration::ZERO);
        assert_eq!(judge(15), Verdict::Fine);
        assert_eq!(judge(16), Verdict::Probe);
    }

    #[test]
    fn time_in_which_nobody_listened_does_not_count() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut silence = Silence::new(10 * SECOND, 20 * SECOND, start, 3 * SECOND);
        assert_eq!(silence.judge(at(12), 11 * SECOND), Verdict::Fine);
        assert_eq!(silence.judge(at(13), 11 * SECOND), Verdict::Probe);
        assert_eq!(silence.judge(at(17), 11 * SECOND), Verdict::Fine);
        assert_eq!(silence.judge(at(18), 11 * SECOND), Verdict::Dead);
        silence.heard(at(20), 11 * SECOND);
        assert_eq!(silence.judge(at(24), 11 * SECOND), Verdict::Fine);
    }

    #[test]
    fn a_venue_may_want_to_be_asked_earlier() {
        let start = Instant::now();
        let mut silence = Silence::new(60 * SECOND, 20 * SECOND, start, Duration::ZERO);
        assert_eq!(silence.judge(start + 19 * SECOND, Duration::ZERO), Verdict::Fine);
        assert_eq!(silence.judge(start + 20 * SECOND, Duration::ZERO), Verdict::Probe);
    }
}
