//! How long to wait before another try: longer each time, and never in step with others.

use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    max: Duration,
    next: Duration,
}

impl Backoff {
    pub fn new(first: Duration, max: Duration) -> Self {
        Self {
            first,
            max,
            next: first,
        }
    }

    /// The next wait: between half and all of a time that doubles up to the maximum. `random` is any number.
    pub fn wait(&mut self, random: u64) -> Duration {
        let full = self.next;
        self.next = (full * 2).min(self.max);
        let share = random as f64 / u64::MAX as f64;
        full.mul_f64(0.5 + share / 2.0)
    }

    /// It worked: start over.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_maximum_and_starts_over() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(seconds(1), seconds(5));
        let waits: Vec<_> = (0..4).map(|_| backoff.wait(u64::MAX)).collect();
        assert_eq!(waits, [seconds(1), seconds(2), seconds(4), seconds(5)]);
        assert_eq!(backoff.wait(0), Duration::from_millis(2_500));
        backoff.reset();
        assert_eq!(backoff.wait(0), Duration::from_millis(500));
    }
}
