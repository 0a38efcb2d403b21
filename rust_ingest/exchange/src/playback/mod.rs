//! The thread that plays the market: paces it, keeps the shown books, and hands messages to the clients.

mod live;

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::book::message::{self, Depth};
use crate::exchange::Exchange;
use crate::faults::Fault;
use crate::feed::audience::{Broadcast, WhenFull};
use crate::feed::stream::{self, Class, Kind};
use crate::market::Market;
use crate::market::live::LiveMarket;
use crate::pace::{self, Pace, Speed};
use crate::progress::State;
use crate::streams::Streams;
use crate::trading::desk::Desk;
use crate::user_stream;

/// How long a market at full speed waits in all for its snapshots to be fetched: not every listener to depth wants one.
const FETCH_WAIT_MAX: Duration = Duration::from_secs(3);
const POLL_EVERY: Duration = Duration::from_millis(1);

/// How the market is to be played.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How fast.
    pub speed: Speed,
    /// How many clients must be subscribed before it starts.
    pub start_at_subscribers: usize,
    /// When to end, in time of the market since its first message.
    pub duration: Option<Duration>,
}

/// Where the messages come from.
pub enum Source {
    /// They were recorded.
    Recorded(Box<dyn Market>),
    /// They tell what happens here.
    Live(LiveMarket),
}

/// Plays a market to its end.
pub struct Playback {
    pub(super) exchange: Arc<Exchange>,
    pub(super) plan: Plan,
    pub(super) broadcast: Broadcast,
    streams: Streams,
    lines: u64,
    fetch_wait_left: Duration,
    first_ns: Option<u64>,
}

impl Playback {
    /// Prepares to play.
    pub fn new(exchange: Arc<Exchange>, plan: Plan) -> Playback {
        let when_full = if plan.speed == Speed::Max {
            WhenFull::Wait
        } else {
            WhenFull::Disconnect
        };
        let broadcast = Broadcast::new(exchange.hub.clone(), when_full);
        Playback {
            exchange,
            plan,
            broadcast,
            streams: Streams::default(),
            lines: 0,
            fetch_wait_left: FETCH_WAIT_MAX,
            first_ns: None,
        }
    }

    /// Starts it on a thread of its own.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn spawn(self, source: Source) -> std::io::Result<thread::JoinHandle<()>> {
        let run = || match source {
            Source::Recorded(market) => self.run_recorded(market),
            Source::Live(market) => self.run_live(market),
        };
        thread::Builder::new().name("playback".to_owned()).spawn(run)
    }

    fn run_recorded(mut self, mut market: Box<dyn Market>) {
        let mut pace = self.begin();
        loop {
            self.wait_for_an_audience();
            let line = match market.next_line() {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(error) => {
                    self.exchange.progress.warn(error.to_string());
                    continue;
                }
            };
            if line.receive_ns.is_some_and(|now_ns| self.is_over(now_ns)) {
                break;
            }
            if let Some(pace) = &mut pace {
                let due = pace.due(line.receive_ns);
                if due > Instant::now() {
                    self.broadcast.flush();
                    pace::sleep_until(due);
                    self.broadcast.refresh();
                }
            }
            self.show(line.receive_ns, line.body);
        }
        self.end();
    }

    /// Waits for those who must be there; gives the pace, or none at full speed.
    pub(super) fn begin(&mut self) -> Option<Pace> {
        self.exchange.hub.wait_for_subscribers(self.plan.start_at_subscribers);
        self.exchange.progress.set_state(State::Playing);
        match self.plan.speed {
            Speed::Times(times) => Some(Pace::new(times, Instant::now())),
            Speed::Max => None,
        }
    }

    /// At full speed nothing goes out to nobody.
    pub(super) fn wait_for_an_audience(&mut self) {
        if self.plan.speed == Speed::Max && self.broadcast.is_deserted() {
            self.exchange.hub.wait_for_subscribers(1);
        }
        self.broadcast.refresh();
    }

    /// Whether the market has lasted as long as it was to last.
    pub(super) fn is_over(&mut self, now_ns: u64) -> bool {
        let first_ns = *self.first_ns.get_or_insert(now_ns);
        let lasted_ns = u128::from(now_ns.saturating_sub(first_ns));
        self.plan
            .duration
            .is_some_and(|duration| lasted_ns >= duration.as_nanos())
    }

    /// Shows one message to the desk and to the clients.
    pub(super) fn show(&mut self, receive_ns: Option<u64>, body: &[u8]) {
        if let Some(now_ns) = receive_ns {
            self.exchange.progress.set_market_ns(now_ns);
        }
        self.lines += 1;
        let show = Show {
            exchange: &self.exchange,
            streams: &mut self.streams,
            broadcast: &mut self.broadcast,
            line: self.lines,
        };
        let shown = show.line(body);
        self.exchange.progress.set_lines(self.lines);
        if shown == Shown::Snapshot && self.plan.speed == Speed::Max {
            self.broadcast.flush();
            self.wait_for_fetch();
        }
    }

    /// Sends what is left, and says that that was all.
    pub(super) fn end(&mut self) {
        self.broadcast.flush();
        self.exchange.progress.set_state(State::Ended);
        tracing::info!(lines = self.lines, "the market has been played to its end");
    }

    /// Waits until those who listen to depth have fetched the snapshot that was just shown.
    ///
    /// The recorder had its answer when hardly a second of market had passed; at full speed the whole market may be over
    /// before a client has its own, and that client's book would never stand.
    fn wait_for_fetch(&mut self) {
        let start = Instant::now();
        while start.elapsed() < self.fetch_wait_left && self.is_fetch_awaited() {
            thread::sleep(POLL_EVERY);
        }
        self.fetch_wait_left = self.fetch_wait_left.saturating_sub(start.elapsed());
    }

    fn is_fetch_awaited(&self) -> bool {
        let unfetched = self.exchange.desk.lock().listings.unfetched();
        let is_awaited = |(symbol, line): &(String, u64)| self.exchange.hub.has_listener_of_depth_since(symbol, *line);
        unfetched.iter().any(is_awaited)
    }
}

/// What a line was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Message,
    Snapshot,
}

/// One line on its way into the books and to the clients.
struct Show<'a> {
    exchange: &'a Exchange,
    streams: &'a mut Streams,
    broadcast: &'a mut Broadcast,
    line: u64,
}

impl Show<'_> {
    fn line(self, body: &[u8]) -> Shown {
        match stream::classify(body) {
            Class::Stream { name } => self.stream_message(name, body),
            Class::Snapshot if self.exchange.desk.lock().listings.show_snapshot(body, self.line) => {
                return Shown::Snapshot;
            }
            Class::Snapshot | Class::Unreadable => {
                self.exchange.progress.count_unreadable();
                self.broadcast.push_to_all(body);
            }
        }
        Shown::Message
    }

    fn stream_message(self, name: &[u8], body: &[u8]) {
        let Some(stream) = self.streams.find(self.exchange, name, body) else {
            self.exchange.progress.count_unreadable();
            return self.broadcast.push_to_all(body);
        };
        let (exchange, listing) = (self.exchange, stream.listing);
        let now_ns = || exchange.now_ns();
        match stream.kind {
            // Parsed before the lock is taken: orders must not wait for it.
            Kind::Depth => {
                if let Some(depth) = message::combined::<Depth>(body) {
                    show(exchange, |desk| desk.show_depth(listing, depth, now_ns));
                }
            }
            Kind::BookTicker => show(exchange, |desk| desk.show_ticker(listing, body, now_ns)),
            Kind::Trade => show(exchange, |desk| desk.show_trade(listing, body, now_ns)),
            Kind::Other => {}
        }
        // The venue's own book goes on: only the clients miss the message.
        let faults = &self.exchange.faults;
        if faults.happens(Fault::SkipMessages, &stream.canonical) {
            return self.exchange.progress.count_skipped();
        }
        self.broadcast.push(stream.number, &stream.canonical, body);
        if faults.happens(Fault::DoubleMessages, &stream.canonical) {
            self.broadcast.push(stream.number, &stream.canonical, body);
        }
    }
}

/// Shows something to the desk, and tells the owners of orders what that did to them.
fn show(exchange: &Exchange, show: impl FnOnce(&mut Desk)) {
    let mut desk = exchange.desk.lock();
    show(&mut desk);
    user_stream::tell(exchange, &mut desk);
}
