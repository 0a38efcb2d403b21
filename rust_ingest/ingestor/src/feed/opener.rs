//! Keeps all connections of this process together within what the venue allows.

use std::cell::RefCell;

use tokio::time::Instant;
use venues::limits::{Limit, Limits};

use super::pace::Pace;

#[derive(Debug)]
pub struct Opener {
    openings: RefCell<Pace>,
    messages: Option<RefCell<Pace>>,
    messages_each: Option<Limit>,
}

impl Opener {
    pub fn new(limits: Limits) -> Self {
        Self {
            openings: RefCell::new(Pace::new(limits.openings)),
            messages: limits.messages.map(|limit| RefCell::new(Pace::new(limit))),
            messages_each: limits.messages_each,
        }
    }

    /// When the next connection may be opened. Who asks has that turn.
    pub fn next_opening(&self) -> Instant {
        self.openings.borrow_mut().next(Instant::now())
    }

    /// Texts that one connection may send.
    pub fn messages_each(&self) -> Option<Limit> {
        self.messages_each
    }

    /// When the next text may be sent. Who asks has that turn.
    pub fn next_message(&self) -> Instant {
        let now = Instant::now();
        let next = |messages: &RefCell<Pace>| messages.borrow_mut().next(now);
        self.messages.as_ref().map_or(now, next)
    }
}
