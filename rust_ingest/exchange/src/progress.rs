//! How far the playback is. Written by the playback alone, read by everyone.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use parking_lot::Mutex;

/// What the playback is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has subscribed yet.
    Waiting = 0,
    /// Messages are going out.
    Playing = 1,
    /// All has been played; connections stay open.
    Ended = 2,
}

impl State {
    /// Its name in `/tapeflow/status`.
    pub fn name(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Playing => "playing",
            State::Ended => "ended",
        }
    }
}

/// The playback's position and what it complained of.
#[derive(Debug, Default)]
pub struct Progress {
    state: AtomicU8,
    lines: AtomicU64,
    skipped: AtomicU64,
    unreadable: AtomicU64,
    market_ns: AtomicU64,
    warnings: Mutex<Vec<String>>,
}

impl Progress {
    /// What the playback is doing.
    pub fn state(&self) -> State {
        match self.state.load(Ordering::Acquire) {
            0 => State::Waiting,
            1 => State::Playing,
            _ => State::Ended,
        }
    }

    pub(crate) fn set_state(&self, state: State) {
        self.state.store(state as u8, Ordering::Release);
    }

    /// Lines of the market that have been played.
    pub fn lines(&self) -> u64 {
        self.lines.load(Ordering::Acquire)
    }

    pub(crate) fn set_lines(&self, lines: u64) {
        self.lines.store(lines, Ordering::Release);
    }

    /// Messages that were kept back by a fault.
    pub fn skipped(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed)
    }

    pub(crate) fn count_skipped(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
    }

    /// Lines that named no stream and were no snapshot, sent to everyone.
    pub fn unreadable(&self) -> u64 {
        self.unreadable.load(Ordering::Relaxed)
    }

    pub(crate) fn count_unreadable(&self) {
        self.unreadable.fetch_add(1, Ordering::Relaxed);
    }

    /// The receive time of the newest line, in ns since 1970; 0 before any.
    pub fn market_ns(&self) -> u64 {
        self.market_ns.load(Ordering::Relaxed)
    }

    pub(crate) fn set_market_ns(&self, market_ns: u64) {
        self.market_ns.store(market_ns, Ordering::Relaxed);
    }

    /// What went wrong with the market's source.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.lock().clone()
    }

    pub(crate) fn warn(&self, warning: String) {
        tracing::warn!("{warning}");
        self.warnings.lock().push(warning);
    }
}
