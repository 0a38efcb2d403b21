//! Being the only ingestor of these symbols on this log.
//!
//! Who starts takes the claim, and so ends whoever held it: a second feed would put every trade into the log twice. A thread
//! of its own proves the claim to the broker every second. A holder that stood still for a while, as a stopped process or a
//! sleeping machine does, writes nothing until it has proven it anew: its successor may be at work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use contracts::Topic;
use tapelog::{Claim, ClaimError, LogConfig, ReadTo};

use crate::error::IngestError;

const EVERY: Duration = Duration::from_secs(1);
/// The feed comes by every 50 ms. After this long it may have been given up for dead.
const STALL: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub struct SoleWriter {
    shared: Arc<Shared>,
    keeper: mpsc::Sender<()>,
    seen: Instant,
    /// The steady clock stands still while a machine sleeps.
    seen_wall: SystemTime,
}

#[derive(Debug)]
struct Shared {
    is_lost: AtomicBool,
    standing: Mutex<Standing>,
    changed: Condvar,
}

#[derive(Debug)]
enum Standing {
    /// By a proof that began then.
    Held(Instant),
    Lost(ClaimError),
}

impl SoleWriter {
    /// Takes the claim from whoever holds it. Waits up to 30 s for the broker.
    pub fn take(
        config: &LogConfig,
        venue: &str,
        symbols: &[String],
        ticks: &'static Topic,
    ) -> Result<Self, IngestError> {
        let mut symbols = symbols.to_vec();
        symbols.sort_unstable();
        let now = Instant::now();
        let claim = Claim::take(config, &format!("tapeflow-ingestor-{venue}-{}", symbols.join(",")))?;
        let shared = Arc::new(Shared {
            is_lost: AtomicBool::new(false),
            standing: Mutex::new(Standing::Held(now)),
            changed: Condvar::new(),
        });
        let (keeper, asked) = mpsc::channel();
        thread::Builder::new()
            .name("claim".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || keep(&claim, ticks, &shared, &asked)
            })
            .map_err(IngestError::Runtime)?;
        Ok(Self {
            shared,
            keeper,
            seen: now,
            seen_wall: SystemTime::now(),
        })
    }

    /// To be asked before anything is written. Waits for the broker's word after a stand-still, else returns at once.
    ///
    /// Fails for good once another holds the claim.
    pub fn check(&mut self) -> Result<(), ClaimError> {
        let now = Instant::now();
        let stood_still = now - self.seen > STALL || self.seen_wall.elapsed().is_ok_and(|passed| passed > STALL);
        if stood_still || self.shared.is_lost.load(Ordering::Acquire) {
            self.prove(now)?;
        }
        (self.seen, self.seen_wall) = (Instant::now(), SystemTime::now());
        Ok(())
    }

    fn prove(&self, since: Instant) -> Result<(), ClaimError> {
        // The keeper ends only when the claim is lost: then it has left word.
        let _ = self.keeper.send(());
        let mut standing = self.shared.standing();
        loop {
            match &*standing {
                Standing::Lost(error) => return Err(error.clone()),
                Standing::Held(began) if *began >= since => return Ok(()),
                Standing::Held(_) => {
                    standing = self
                        .shared
                        .changed
                        .wait(standing)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

impl Shared {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, standing: Standing) {
        *self.standing() = standing;
        self.changed.notify_all();
    }
}

/// Until the claim is lost, or nobody asks for it any more.
fn keep(claim: &Claim, ticks: &'static Topic, shared: &Shared, asked: &mpsc::Receiver<()>) {
    // The broker judges a transaction only if something is in it. An ingestor has read nothing of its topic.
    let nothing_read = [ReadTo {
        topic: ticks,
        partition: 0,
        offset: 0,
    }];
    loop {
        let began = Instant::now();
        match claim.renew(&nothing_read) {
            Ok(()) => shared.tell(Standing::Held(began)),
            Err(error @ ClaimError::Unproven { .. }) => tracing::warn!("{error}"),
            Err(error) => {
                shared.is_lost.store(true, Ordering::Release);
                shared.tell(Standing::Lost(error));
                return;
            }
        }
        if asked.recv_timeout(EVERY) == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}
