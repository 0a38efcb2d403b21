//! Wakes the playback when a client has done something that the public should know.

use std::time::Instant;

use parking_lot::{Condvar, Mutex};

/// A bell that stays rung until it is heard.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        *self.rung.lock() = true;
        self.changed.notify_one();
    }

    /// Waits until it rings, at most until `due`. Whether it has rung.
    pub fn wait_until(&self, due: Instant) -> bool {
        let mut rung = self.rung.lock();
        while !*rung && !self.changed.wait_until(&mut rung, due).timed_out() {}
        std::mem::take(&mut *rung)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn stays_rung_until_it_is_heard() {
        let bell = Bell::default();
        bell.ring();
        bell.ring();
        assert!(bell.wait_until(Instant::now()));
        assert!(!bell.wait_until(Instant::now() + Duration::from_millis(5)));
    }
}
