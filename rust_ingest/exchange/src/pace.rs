//! When the next message is due.

use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

/// A jump of the recorder's clock that is longer than this is not waited for: files joined across a pause, or a
/// garbled time.
const JUMP_NS_MAX: u64 = 60 * 1_000_000_000;

/// How fast the market is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// So many times as fast as it was recorded.
    Times(f64),
    /// As fast as the clients read.
    Max,
}

/// The speed is neither `max` nor a number above zero.
#[derive(Debug, thiserror::Error)]
#[error("speed must be a number above 0 (1 is as recorded) or `max`, not `{0}`")]
pub struct NoSpeed(String);

impl FromStr for Speed {
    type Err = NoSpeed;

    fn from_str(text: &str) -> Result<Speed, NoSpeed> {
        match text {
            "max" => Ok(Speed::Max),
            _ => match text.parse::<f64>() {
                Ok(times) if times > 0.0 && times.is_finite() => Ok(Speed::Times(times)),
                _ => Err(NoSpeed(text.to_owned())),
            },
        }
    }
}

/// Turns receive times into moments of this process's clock.
#[derive(Debug)]
pub struct Pace {
    times: f64,
    last_ns: Option<u64>,
    due: Instant,
}

impl Pace {
    /// A pace that begins now.
    pub fn new(times: f64, now: Instant) -> Pace {
        Pace {
            times,
            last_ns: None,
            due: now,
        }
    }

    /// When a message received at `receive_ns` is due.
    pub fn due(&mut self, receive_ns: Option<u64>) -> Instant {
        if let Some(now_ns) = receive_ns {
            let passed_ns = now_ns.saturating_sub(self.last_ns.unwrap_or(now_ns));
            if passed_ns <= JUMP_NS_MAX {
                self.due += Duration::from_nanos((passed_ns as f64 / self.times) as u64);
            }
            self.last_ns = Some(now_ns);
        }
        self.due
    }
}

/// Sleeps until `due`, if that is far enough away that sleeping is no later than not sleeping.
pub fn sleep_until(due: Instant) {
    const SLEEP_MIN: Duration = Duration::from_micros(20);
    let left = due.saturating_duration_since(Instant::now());
    if left > SLEEP_MIN {
        thread::sleep(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_the_recorded_time_by_the_speed() {
        let start = Instant::now();
        let mut pace = Pace::new(10.0, start);
        assert_eq!(pace.due(Some(1_000_000_000)), start);
        assert_eq!(pace.due(None), start);
        assert_eq!(pace.due(Some(3_000_000_000)), start + Duration::from_millis(200));
    }

    #[test]
    fn does_not_wait_for_a_jump_of_the_clock_nor_go_back() {
        let start = Instant::now();
        let mut pace = Pace::new(1.0, start);
        pace.due(Some(1_000));
        assert_eq!(pace.due(Some(9_000_000_000_000_000_000)), start);
        assert_eq!(pace.due(Some(2_000)), start);
        assert_eq!(pace.due(Some(1_500)), start);
        assert_eq!(pace.due(Some(2_000)), start + Duration::from_nanos(500));
    }

    #[test]
    fn reads_a_speed() {
        assert_eq!("max".parse::<Speed>().unwrap(), Speed::Max);
        assert_eq!("2.5".parse::<Speed>().unwrap(), Speed::Times(2.5));
        for wrong in ["0", "-1", "fast", "inf", "nan"] {
            assert!(wrong.parse::<Speed>().is_err(), "{wrong}");
        }
    }
}
