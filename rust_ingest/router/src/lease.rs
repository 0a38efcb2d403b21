//! Being the only router of this log, and knowing it at every moment.
//!
//! The claim is renewed every second by a thread of its own. A request is signed only while the lease runs, by both clocks, and
//! the venue takes it within its window or never. So a router that was stopped for a while, and replaced, cannot send
//! behind its successor's back: its lease has run out, or what it signed before is too old.
//!
//! How far behind the log it is, another thread asks: such an answer may take as long as a broker's restart, and neither a renewal
//! nor the router's end waits for it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use contracts::Topic;
use tapelog::{Claim, ClaimError, Inspector, LogConfig, ReadTo};
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::error::RouterError;
use crate::moment::{Moment, nanoseconds};

const NAME: &str = "tapeflow-router";
const EVERY: Duration = Duration::from_secs(1);
/// The lease ends early by this, so that a look at the clock and what follows it are within.
const MARGIN: Duration = Duration::from_millis(500);

pub(crate) struct Lease {
    shared: Arc<Shared>,
    /// Dropped to give the claim back.
    stop: Option<mpsc::Sender<()>>,
    keeper: Option<JoinHandle<()>>,
    /// Tells why the claim is lost.
    lost: Option<oneshot::Receiver<ClaimError>>,
}

struct Shared {
    /// Beginning of the last renewal that succeeded.
    renewed_wall_ns: AtomicI64,
    renewed_steady_ns: AtomicI64,
    /// How far the router has come, in `execution.orders`.
    positions: Mutex<Vec<ReadTo>>,
    /// Records there that it has not come to.
    lag: AtomicI64,
}

impl Lease {
    /// Takes the claim. Blocks until no other router can believe that it holds it.
    pub fn take(config: &LogConfig, orders: &'static Topic, clock: Clock) -> Result<Self, RouterError> {
        let inspector = Inspector::new(config)?;
        let partitions = inspector.partitions(orders)? as i32;
        let began = clock.now();
        let claim = Claim::take(config, NAME)?;
        if claim.may_be_held(orders, partitions)? {
            tracing::info!("another router has not given its claim back: waiting until it cannot act any more");
            thread::sleep(Claim::LEASE);
        }
        let beginning = |partition| ReadTo {
            topic: orders,
            partition,
            offset: 0,
        };
        let shared = Arc::new(Shared {
            renewed_wall_ns: AtomicI64::new(began.wall_ns),
            renewed_steady_ns: AtomicI64::new(began.steady_ns),
            positions: Mutex::new((0..partitions).map(beginning).collect()),
            lag: AtomicI64::new(0),
        });
        claim.renew(&shared.positions())?;
        let (stop, stopped) = mpsc::channel();
        let (lose, lost) = oneshot::channel();
        let keeper = thread::Builder::new().name("lease".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || {
                if let Err(error) = keep(&claim, &shared, clock, &stopped) {
                    // Nobody waits for it any more: the router is going down.
                    let _ = lose.send(error);
                }
            }
        })?;
        thread::Builder::new().name("lag".to_owned()).spawn({
            let shared = Arc::downgrade(&shared);
            move || watch_lag(&inspector, &shared)
        })?;
        Ok(Self {
            shared,
            stop: Some(stop),
            keeper: Some(keeper),
            lost: Some(lost),
        })
    }

    /// Whether this router may act.
    pub fn is_valid(&self, now: Moment) -> bool {
        let length_ns = nanoseconds(Claim::LEASE - MARGIN);
        let since = |then: &AtomicI64, now_ns: i64| now_ns - then.load(Ordering::Acquire);
        // By the wall clock too: the steady one stands still while a machine sleeps.
        (0..length_ns).contains(&since(&self.shared.renewed_steady_ns, now.steady_ns))
            && (0..length_ns).contains(&since(&self.shared.renewed_wall_ns, now.wall_ns))
    }

    /// Notes how far the router has come, for the next renewal.
    pub fn note(&self, positions: &[ReadTo]) {
        *self.shared.positions.lock().unwrap_or_else(PoisonError::into_inner) = positions.to_vec();
    }

    /// How far it was noted last.
    pub fn positions(&self) -> Vec<ReadTo> {
        self.shared.positions()
    }

    /// Records of `execution.orders` that the router has not come to.
    pub fn lag(&self) -> i64 {
        self.shared.lag.load(Ordering::Relaxed)
    }

    /// Why the claim is lost, once it is. To be called once.
    pub fn lost(&mut self) -> impl Future<Output = ClaimError> + use<> {
        let lost = self.lost.take();
        async move {
            match lost {
                Some(lost) => match lost.await {
                    Ok(error) => error,
                    Err(_) => ClaimError::Failed {
                        name: NAME.to_owned(),
                        reason: "its keeper is gone".to_owned(),
                    },
                },
                None => std::future::pending().await,
            }
        }
    }

    /// Gives the claim back, so that a successor need not wait.
    pub fn give_back(mut self) {
        self.stop.take();
        if let Some(keeper) = self.keeper.take()
            && keeper.join().is_err()
        {
            tracing::warn!("the claim was not given back: the next router waits until the lease has run out");
        }
    }
}

impl Shared {
    fn positions(&self) -> Vec<ReadTo> {
        self.positions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn keep(claim: &Claim, shared: &Shared, clock: Clock, stopped: &mpsc::Receiver<()>) -> Result<(), ClaimError> {
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(EVERY) {
        let began = clock.now();
        match claim.renew(&shared.positions()) {
            Ok(()) => {
                shared.renewed_steady_ns.store(began.steady_ns, Ordering::Release);
                shared.renewed_wall_ns.store(began.wall_ns, Ordering::Release);
            }
            Err(error @ ClaimError::Unproven { .. }) => tracing::warn!("{error}"),
            Err(error) => return Err(error),
        }
    }
    match claim.give_back(&shared.positions()) {
        Err(error @ ClaimError::Unproven { .. }) => tracing::warn!("{error}"),
        other => return other,
    }
    Ok(())
}

/// As long as the lease is there. What cannot be known now stays as it was.
fn watch_lag(inspector: &Inspector, shared: &Weak<Shared>) {
    while let Some(shared) = shared.upgrade() {
        if let Some(lag) = lag(inspector, &shared.positions()) {
            shared.lag.store(lag, Ordering::Relaxed);
        }
        drop(shared);
        thread::sleep(EVERY);
    }
}

fn lag(inspector: &Inspector, positions: &[ReadTo]) -> Option<i64> {
    let behind = |read: &ReadTo| Some(inspector.watermarks(read.topic, read.partition).ok()?.high - read.offset);
    positions.iter().map(behind).sum()
}
