//! The wall clock, made to never go back: the log's receive times must not.

#[derive(Debug, Default)]
pub struct Clock {
    last_ns: i64,
}

impl Clock {
    /// Nanoseconds since 1970, UTC; never less than before.
    pub fn now_ns(&mut self) -> i64 {
        self.last_ns = self.last_ns.max(tapelog::now_ns());
        self.last_ns
    }
}
