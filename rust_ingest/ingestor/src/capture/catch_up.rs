//! A broker that was away longer than a producer waits: what is received meanwhile stands in the frame log, and a thread writes it when
//! the broker is back. The session goes on all the while, and nobody waits for the broker but that thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::recovery::{BETWEEN_ATTEMPTS, Recovery};
use super::stretch::Stretch;
use crate::error::IngestError;
use crate::publisher::Publisher;

/// Between two looks at the log's end.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

pub struct CatchUp {
    shared: Arc<Shared>,
    thread: JoinHandle<Result<Publisher, IngestError>>,
}

struct Shared {
    /// Frames before are with the producer.
    reached: AtomicU64,
    /// Where the thread is to end; `u64::MAX` while it is to follow the log.
    end: AtomicU64,
    /// All that was logged by then was with the producer.
    is_near: AtomicBool,
}

impl CatchUp {
    /// Writes all of the run that the topics lack.
    pub fn start(recovery: Recovery, stretch: Stretch, mut publisher: Publisher) -> Result<Self, IngestError> {
        let shared = Arc::new(Shared {
            reached: AtomicU64::new(stretch.first),
            end: AtomicU64::new(u64::MAX),
            is_near: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let body = move || {
            loop {
                match attempt(&recovery, &stretch, &mut publisher, &of_thread) {
                    Ok(()) => return Ok(publisher),
                    Err(error) if error.is_outage() => tracing::warn!("not written yet: {error}"),
                    Err(error) => return Err(error),
                }
                thread::sleep(BETWEEN_ATTEMPTS);
            }
        };
        let thread = thread::Builder::new().name("catch-up".to_owned()).spawn(body);
        Ok(Self {
            shared,
            thread: thread.map_err(IngestError::Runtime)?,
        })
    }

    /// Whether the end of the log was reached.
    pub fn is_near(&self) -> bool {
        self.shared.is_near.load(Ordering::Acquire)
    }

    /// Frames from `end` on are written by somebody else: the thread ends when those before are with the producer.
    pub fn end_at(&self, end: u64) {
        self.shared.end.store(end, Ordering::Release);
    }

    /// Whether it has come to its end, or cannot.
    pub fn is_over(&self) -> bool {
        self.thread.is_finished()
    }

    /// The first frame that is not with the producer yet.
    pub fn reached(&self) -> u64 {
        self.shared.reached.load(Ordering::Acquire)
    }

    /// Waits for its end.
    pub fn join(self) -> Result<Publisher, IngestError> {
        self.thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// Ends when all before the agreed end is with the producer.
fn attempt(
    recovery: &Recovery,
    stretch: &Stretch,
    publisher: &mut Publisher,
    shared: &Shared,
) -> Result<(), IngestError> {
    publisher.settle()?;
    let mut playing = recovery.begin(stretch, publisher)?;
    loop {
        let end = shared.end.load(Ordering::Acquire);
        let played = playing.play(end, publisher)?;
        shared.reached.store(playing.next_sequence(), Ordering::Release);
        if playing.next_sequence() >= end {
            return Ok(());
        }
        if played == 0 {
            publisher.check()?;
            shared.is_near.store(true, Ordering::Release);
            thread::sleep(BETWEEN_LOOKS);
        }
    }
}
