//! Book snapshots on their way: one request per instrument at a time, and not too often.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::entropy;
use super::rest::{Rest, RestError};

const WAIT_FIRST: Duration = Duration::from_millis(200);
const WAIT_MAX: Duration = Duration::from_secs(20);

/// The answer to a request.
#[derive(Debug)]
pub struct Fetched {
    pub instrument: usize,
    pub body: Result<Vec<u8>, RestError>,
}

#[derive(Debug)]
struct Slot {
    path: String,
    in_flight: bool,
    not_before: Option<Instant>,
    backoff: Backoff,
}

#[derive(Debug)]
pub struct Snapshots {
    /// None where the venue has none; then no path is asked for.
    rest: Option<Rest>,
    slots: Vec<Slot>,
    sender: mpsc::UnboundedSender<Fetched>,
}

impl Snapshots {
    /// `paths` are the instruments' request paths. What was requested comes by the receiver.
    pub fn new(
        rest: Option<Rest>,
        paths: impl IntoIterator<Item = String>,
    ) -> (Self, mpsc::UnboundedReceiver<Fetched>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let slot = |path| Slot {
            path,
            in_flight: false,
            not_before: None,
            backoff: Backoff::new(WAIT_FIRST, WAIT_MAX),
        };
        let slots = paths.into_iter().map(slot).collect();
        (Self { rest, slots, sender }, receiver)
    }

    /// Requests a snapshot, unless one is on its way or it is too early for another.
    pub fn request(&mut self, instrument: usize) {
        let slot = &mut self.slots[instrument];
        if slot.in_flight || slot.not_before.is_some_and(|time| Instant::now() < time) {
            return;
        }
        let Some(rest) = self.rest.clone() else {
            return;
        };
        slot.in_flight = true;
        let (path, sender) = (slot.path.clone(), self.sender.clone());
        tokio::task::spawn_blocking(move || {
            let body = rest.get(&path);
            // The receiver is gone when the ingestor stops; then nobody wants the answer.
            let _ = sender.send(Fetched { instrument, body });
        });
    }

    /// The answer to the request is there, whatever it is.
    pub fn landed(&mut self, instrument: usize) {
        self.slots[instrument].in_flight = false;
    }

    /// The answer served: the next request may come at once.
    pub fn settle(&mut self, instrument: usize) {
        let slot = &mut self.slots[instrument];
        slot.backoff.reset();
        slot.not_before = None;
    }

    /// The answer did not help: wait before the next request, at least for `at_least`. Returns the wait.
    pub fn postpone(&mut self, instrument: usize, at_least: Option<Duration>) -> Duration {
        let slot = &mut self.slots[instrument];
        let wait = slot.backoff.wait(entropy::number()).max(at_least.unwrap_or_default());
        slot.not_before = Some(Instant::now() + wait);
        wait
    }
}
