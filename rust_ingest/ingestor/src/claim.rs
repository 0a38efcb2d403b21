//! Being the only ingestor of these symbols on this log, and knowing it at every moment.
//!
//! Two feeds would put every trade into the log twice. So who starts takes the claim, waits until the one before him cannot
//! write any more and no other list that has some of these symbols is in the way ([`crate::overlap`]), and only then reads the
//! log and listens. A holder writes while his lease runs: for two seconds from the beginning of a renewal that the broker
//! confirmed, by both clocks, since the steady one stands still while a machine sleeps. What he hears meanwhile waits with
//! him. What was with the client already may still land when a stopped process wakes up: late, behind its successor's Gap,
//! but never twice, since the successor began to listen after it was heard.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use contracts::Topic;
use tapelog::{Claim, ClaimError, LogConfig, ReadTo};

use crate::error::IngestError;

const EVERY: Duration = Duration::from_millis(250);
/// For so long after the beginning of a renewal that succeeded, its holder writes.
pub(crate) const LEASE: Duration = Duration::from_secs(2);
/// The lease ends early by this, so that a look at the clock and what follows it are within.
const MARGIN: Duration = Duration::from_millis(300);

pub struct SoleWriter {
    shared: Arc<Shared>,
    /// Dropped to give the claim back.
    stop: Option<mpsc::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
}

struct Shared {
    epoch: Instant,
    /// Beginning of the last renewal that succeeded, ns since `epoch` and since 1970; `LOST` once the claim is.
    steady_ns: AtomicI64,
    wall_ns: AtomicI64,
    has_begun: AtomicBool,
    lost: Mutex<Option<ClaimError>>,
}

const LOST: i64 = i64::MIN;

impl SoleWriter {
    /// Takes the claim, waits until nobody else can believe that it is his, and tells others that it asks. Waits up to 30 s for the
    /// broker.
    pub fn take(
        config: &LogConfig,
        venue: &str,
        symbols: &[String],
        ticks: &'static Topic,
    ) -> Result<Self, IngestError> {
        let claim = Claim::take(config, &name(venue, symbols))?;
        if claim.may_be_held(ticks, 1)? {
            tracing::info!("another ingestor has not given its claim back: waiting until it cannot write any more");
            thread::sleep(LEASE);
        }
        let shared = Arc::new(Shared {
            epoch: Instant::now(),
            steady_ns: AtomicI64::new(0),
            wall_ns: AtomicI64::new(0),
            has_begun: AtomicBool::new(false),
            lost: Mutex::new(None),
        });
        shared.renew(&claim, ticks)?;
        let (stop, stopped) = mpsc::channel();
        let keeper = thread::Builder::new().name("claim".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || keep(&claim, ticks, &shared, &stopped)
        });
        Ok(Self {
            shared,
            stop: Some(stop),
            keeper: Some(keeper.map_err(IngestError::Runtime)?),
        })
    }

    /// It does not ask any more: the next renewal tells others so.
    pub fn begin(&self) {
        self.shared.has_begun.store(true, Ordering::Release);
    }

    /// Whether anything may be written now. Fails for good once another holds the claim.
    pub fn may_write(&self) -> Result<bool, ClaimError> {
        let steady_ns = self.shared.steady_ns.load(Ordering::Acquire);
        if steady_ns == LOST {
            let lost = self.shared.lost.lock().unwrap_or_else(PoisonError::into_inner).clone();
            return lost.map_or(Ok(false), Err);
        }
        let (now_steady_ns, now_wall_ns) = self.shared.now_ns();
        let length = 0..nanoseconds(LEASE - MARGIN);
        Ok(length.contains(&(now_steady_ns - steady_ns))
            && length.contains(&(now_wall_ns - self.shared.wall_ns.load(Ordering::Acquire))))
    }

    /// Gives the claim back, so that a successor need not wait. To be called when everything is acknowledged.
    pub fn give_back(&mut self) {
        self.stop.take();
        if let Some(keeper) = self.keeper.take()
            && keeper.join().is_err()
        {
            tracing::warn!("the claim was not given back: the next ingestor waits until the lease has run out");
        }
    }
}

/// What a claim to these symbols is called.
pub(crate) fn name(venue: &str, symbols: &[String]) -> String {
    let mut symbols = symbols.to_vec();
    symbols.sort_unstable();
    format!("tapeflow-ingestor-{venue}-{}", symbols.join(","))
}

impl Shared {
    fn now_ns(&self) -> (i64, i64) {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        (nanoseconds(self.epoch.elapsed()), nanoseconds(wall.unwrap_or_default()))
    }

    fn renew(&self, claim: &Claim, ticks: &'static Topic) -> Result<(), ClaimError> {
        let (steady_ns, wall_ns) = self.now_ns();
        if self.has_begun.load(Ordering::Acquire) {
            claim.renew(&nothing_read(ticks))?;
        } else {
            claim.ask(&nothing_read(ticks))?;
        }
        self.wall_ns.store(wall_ns, Ordering::Release);
        self.steady_ns.store(steady_ns, Ordering::Release);
        Ok(())
    }

    fn lose(&self, error: ClaimError) {
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        self.steady_ns.store(LOST, Ordering::Release);
    }
}

/// Until the claim is lost, or to be given back.
fn keep(claim: &Claim, ticks: &'static Topic, shared: &Shared, stopped: &mpsc::Receiver<()>) {
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(EVERY) {
        match shared.renew(claim, ticks) {
            Ok(()) => {}
            Err(error @ ClaimError::Unproven { .. }) => tracing::warn!("{error}"),
            Err(error) => return shared.lose(error),
        }
    }
    if let Err(error) = claim.give_back(&nothing_read(ticks)) {
        tracing::warn!("the claim was not given back: {error}");
    }
}

/// The broker judges a transaction only if something is in it; an ingestor has read nothing of its topic.
pub(crate) fn nothing_read(ticks: &'static Topic) -> [ReadTo; 1] {
    [ReadTo {
        topic: ticks,
        partition: 0,
        offset: 0,
    }]
}

fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
