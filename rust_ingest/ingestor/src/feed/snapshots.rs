//! Book snapshots on their way: one request per instrument at a time, and all together not more often than the venue takes them.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use venues::limits::Limit;

use super::backoff::Backoff;
use super::entropy;
use super::pace::Pace;
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
    /// Over all instruments.
    pace: Option<Pace>,
    /// The venue wants to be asked for nothing until then.
    barred_until: Option<Instant>,
    sender: mpsc::UnboundedSender<Fetched>,
}

impl Snapshots {
    /// `paths` are the instruments' request paths, `limit` is the venue's for all of them. What was requested comes by the receiver.
    pub fn new(
        rest: Option<Rest>,
        limit: Option<Limit>,
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
        let snapshots = Self {
            rest,
            slots,
            pace: limit.map(Pace::new),
            barred_until: None,
            sender,
        };
        (snapshots, receiver)
    }

    /// Requests a snapshot, unless one is on its way or it is too early for another: then it is to be asked for again.
    pub fn request(&mut self, instrument: usize) {
        let (slot, now) = (&mut self.slots[instrument], Instant::now());
        let is_early = |time: Option<Instant>| time.is_some_and(|time| now < time);
        if slot.in_flight || is_early(slot.not_before) || is_early(self.barred_until) {
            return;
        }
        let Some(rest) = self.rest.clone() else {
            return;
        };
        if self.pace.as_mut().is_some_and(|pace| !pace.may(now)) {
            return;
        }
        slot.in_flight = true;
        let (path, sender) = (slot.path.clone(), self.sender.clone());
        tokio::task::spawn_blocking(move || {
            let body = rest.get(&path);
            // The receiver is gone when the ingestor stops; then nobody wants the answer.
            let _ = sender.send(Fetched { instrument, body });
        });
    }

    /// The answer to the request is there, whatever it is. Where the venue bars our address, nothing is requested meanwhile.
    pub fn landed(&mut self, fetched: &Fetched) {
        self.slots[fetched.instrument].in_flight = false;
        if let Some(wait) = fetched.body.as_ref().err().and_then(RestError::bars_address) {
            self.barred_until = self.barred_until.max(Some(Instant::now() + wait));
        }
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

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use tokio::sync::mpsc::UnboundedReceiver;

    use super::*;
    use crate::feed::endpoints::Endpoints;

    /// A REST service that gives these answers, one after the other, and then is gone.
    fn snapshots(
        answers: &'static [&'static str],
        limit: Option<Limit>,
        instruments: usize,
    ) -> (Snapshots, UnboundedReceiver<Fetched>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for answer in answers {
                let (mut socket, _) = listener.accept().unwrap();
                let read = socket.read(&mut [0; 4_096]).unwrap();
                assert!(read > 0);
                let end = "Content-Length: 2\r\nConnection: close\r\n\r\n{}";
                socket
                    .write_all(format!("HTTP/1.1 {answer}\r\n{end}").as_bytes())
                    .unwrap();
            }
        });
        let rest = Rest::new(Endpoints::new(vec![url]).unwrap(), None).unwrap();
        Snapshots::new(Some(rest), limit, (0..instruments).map(|index| format!("/{index}")))
    }

    /// Which instruments' requests are on their way.
    fn in_flight(snapshots: &Snapshots) -> Vec<bool> {
        snapshots.slots.iter().map(|slot| slot.in_flight).collect()
    }

    fn on_runtime(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(test);
    }

    #[test]
    fn all_instruments_together_keep_to_the_venues_limit() {
        on_runtime(async {
            let limit = Limit {
                times: 2,
                within: Duration::from_secs(60),
            };
            let (mut snapshots, mut fetched) = snapshots(&["200 OK"; 2], Some(limit), 3);
            for instrument in 0..3 {
                snapshots.request(instrument);
            }
            assert_eq!(in_flight(&snapshots), [true, true, false]);
            for _ in 0..2 {
                let landed = fetched.recv().await.unwrap();
                assert_eq!(landed.body.as_ref().unwrap(), b"{}");
                snapshots.landed(&landed);
                snapshots.settle(landed.instrument);
            }
            snapshots.request(2);
            assert_eq!(in_flight(&snapshots), [false; 3], "the minute is not over");
        });
    }

    #[test]
    fn a_venue_that_bars_the_address_is_left_alone_for_every_instrument() {
        on_runtime(async {
            for answer in [
                &["429 Too Many Requests\r\nRetry-After: 60"],
                &["418 I'm a teapot\r\nRetry-After: 60"],
            ] {
                let (mut snapshots, mut fetched) = snapshots(answer, None, 2);
                snapshots.request(0);
                let landed = fetched.recv().await.unwrap();
                assert_eq!(
                    landed.body.as_ref().unwrap_err().retry_after(),
                    Some(Duration::from_secs(60))
                );
                snapshots.landed(&landed);
                snapshots.request(1);
                assert_eq!(in_flight(&snapshots), [false; 2], "{answer:?}");
            }
        });
    }

    #[test]
    fn what_is_wrong_with_one_instrument_holds_back_no_other() {
        on_runtime(async {
            let (mut snapshots, mut fetched) = snapshots(&["503 Busy\r\nRetry-After: 60", "200 OK"], None, 2);
            snapshots.request(0);
            let landed = fetched.recv().await.unwrap();
            snapshots.landed(&landed);
            assert!(snapshots.postpone(0, landed.body.unwrap_err().retry_after()) >= Duration::from_secs(60));
            snapshots.request(0);
            snapshots.request(1);
            assert_eq!(in_flight(&snapshots), [false, true]);
            assert!(fetched.recv().await.unwrap().body.is_ok());
        });
    }
}
