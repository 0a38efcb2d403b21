//! Being the only ingestor of these symbols on this log, and knowing it at every moment.
//!
//! Two feeds would put every trade into the log twice. So who starts takes the claim, waits until the one before him cannot
//! write any more, and only then reads the log and listens. A holder writes while his lease runs: for two seconds from the
//! beginning of a renewal that the broker confirmed, by both clocks, since the steady one stands still while a machine
//! sleeps. What he hears meanwhile waits with him. What was with the client already may still land when a stopped process
//! wakes up: late, behind its successor's Gap, but never twice, since the successor began to listen after it was heard.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use contracts::Topic;
use tapelog::{Claim, ClaimError, LogConfig, ReadTo};
use venues::venue::Venue;

use crate::error::IngestError;

const EVERY: Duration = Duration::from_millis(250);
const LEASE: Duration = Duration::from_secs(2);
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
    lost: Mutex<Option<ClaimError>>,
}

const LOST: i64 = i64::MIN;

impl SoleWriter {
    /// Takes the claim, and waits until nobody else can believe that it is his. Waits up to 30 s for the broker.
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

/// The symbols as they are claimed: the same for all who would write the same records, as the readers of Kraken's two versions would.
pub fn claimed(venue: Venue, symbols: &[String]) -> Vec<String> {
    symbols.iter().map(|symbol| venue.one_name(symbol)).collect()
}

/// Fails while an ingestor with another list that has some of these symbols is alive: each of their records would be written twice. To be
/// asked when the claim is held: of two that begin at the same time each sees the other's renewals.
pub fn refuse_overlap(
    config: &LogConfig,
    venue: &'static str,
    symbols: &[String],
    ticks: &'static Topic,
) -> Result<(), IngestError> {
    let (own, beginning) = (name(venue, symbols), name(venue, &[]));
    let mut held = Vec::new();
    for other in Claim::named(config, &beginning)? {
        let shared = shared(symbols, &other[beginning.len()..]);
        if other != own
            && !shared.is_empty()
            && let Some(note) = Claim::note_of(config, &other, ticks)?
        {
            held.push((other, shared, note));
        }
    }
    if held.is_empty() {
        return Ok(());
    }
    tracing::info!("a claim to some of these symbols was not given back: waiting whether its holder is alive");
    thread::sleep(LEASE);
    for (other, shared, note) in held {
        if Claim::note_of(config, &other, ticks)?.is_some_and(|newer| newer != note) {
            return Err(IngestError::SymbolsTaken {
                venue,
                shared: shared.join(","),
                theirs: other[beginning.len()..].to_owned(),
            });
        }
    }
    Ok(())
}

/// What a claim to these symbols is called.
fn name(venue: &str, symbols: &[String]) -> String {
    let mut symbols = symbols.to_vec();
    symbols.sort_unstable();
    format!("tapeflow-ingestor-{venue}-{}", symbols.join(","))
}

/// Those that both lists name.
fn shared(symbols: &[String], others: &str) -> Vec<String> {
    let is_there = |symbol: &&String| others.split(',').any(|other| other == *symbol);
    symbols.iter().filter(is_there).cloned().collect()
}

impl Shared {
    fn now_ns(&self) -> (i64, i64) {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        (nanoseconds(self.epoch.elapsed()), nanoseconds(wall.unwrap_or_default()))
    }

    fn renew(&self, claim: &Claim, ticks: &'static Topic) -> Result<(), ClaimError> {
        let (steady_ns, wall_ns) = self.now_ns();
        claim.renew(&nothing_read(ticks))?;
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
fn nothing_read(ticks: &'static Topic) -> [ReadTo; 1] {
    [ReadTo {
        topic: ticks,
        partition: 0,
        offset: 0,
    }]
}

fn nanoseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(venue: &str, symbols: &[&str]) -> (&'static str, Vec<String>) {
        let venue = Venue::of_name(venue).unwrap();
        let symbols: Vec<String> = symbols.iter().copied().map(str::to_owned).collect();
        (venue.venue(), claimed(venue, &symbols))
    }

    #[test]
    fn lists_overlap_by_whole_names() {
        let symbols = ["BTCUSDT", "ETHUSDT"].map(str::to_owned);
        assert_eq!(shared(&symbols, "ETHUSDT,SOLUSDT"), ["ETHUSDT"]);
        assert!(shared(&symbols, "ETHUSDT_250328,SOLUSDT,USDT").is_empty());
    }

    #[test]
    fn who_would_write_the_same_records_has_the_same_claim() {
        let kraken = claim("kraken", &["XBT/USD", "XDG/USD"]);
        assert_eq!(kraken, ("kraken", vec!["BTC/USD".to_owned(), "DOGE/USD".to_owned()]));
        assert_eq!(claim("kraken_v2", &["BTC/USD", "DOGE/USD"]), kraken);
        assert_eq!(claim("truefx", &["EURUSD"]), claim("truefx", &["EUR/USD"]));
        assert_ne!(claim("binance", &["BTCUSDT"]), claim("binance_usdm", &["BTCUSDT"]));
        assert_ne!(claim("oanda", &["EUR_USD"]), claim("oanda_practice", &["EUR_USD"]));
    }
}
