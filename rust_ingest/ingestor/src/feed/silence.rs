//! Notices a connection that died without a word.

use std::time::Duration;

use tokio::time::Instant;

/// What to do about the silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// Half the time is over: a ping will show whether the other side still is there.
    Probe,
    /// Nothing came for too long, not even an answer to the probe.
    Dead,
}

#[derive(Debug)]
pub struct Silence {
    longest: Duration,
    heard: Instant,
    probed: bool,
}

impl Silence {
    pub fn new(longest: Duration, now: Instant) -> Self {
        Self {
            longest,
            heard: now,
            probed: false,
        }
    }

    /// Some frame came, of any kind.
    pub fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.probed = false;
    }

    pub fn judge(&mut self, now: Instant) -> Verdict {
        let silent = now.saturating_duration_since(self.heard);
        if silent >= self.longest {
            Verdict::Dead
        } else if silent >= self.longest / 2 && !self.probed {
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

    #[test]
    fn probes_once_before_it_gives_up() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut silence = Silence::new(Duration::from_secs(10), start);
        assert_eq!(silence.judge(at(4)), Verdict::Fine);
        assert_eq!(silence.judge(at(5)), Verdict::Probe);
        assert_eq!(silence.judge(at(6)), Verdict::Fine);
        assert_eq!(silence.judge(at(10)), Verdict::Dead);
        silence.heard(at(11));
        assert_eq!(silence.judge(at(15)), Verdict::Fine);
        assert_eq!(silence.judge(at(16)), Verdict::Probe);
    }
}
