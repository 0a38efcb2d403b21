//! The one place where the router looks at a clock.

use std::time::Instant;

use crate::moment::{Moment, nanoseconds};

#[derive(Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
}

impl Clock {
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    pub fn now(self) -> Moment {
        Moment {
            wall_ns: tapelog::now_ns(),
            steady_ns: nanoseconds(self.started.elapsed()),
        }
    }
}
