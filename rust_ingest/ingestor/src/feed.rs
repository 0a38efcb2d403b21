//! The live side: a socket, timers, snapshots by REST, the producer. One thread runs it all; where the producer's queue is
//! full it waits, and with it the socket: nothing is dropped and memory stays bounded.

pub mod backoff;
pub mod clock;
pub mod entropy;
pub mod frames;
mod report;
pub mod rest;
mod silence;
mod snapshots;
pub mod socket;
pub mod stop;

use std::thread;
use std::time::Duration;

use contracts::{Kind, Topic};
use tapelog::Producer;
use telemetry::Histogram;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, MissedTickBehavior, interval};
use venues::book_steps::SnapshotStep;

use crate::claim::SoleWriter;
use crate::error::IngestError;
use crate::metrics;
use crate::outbox::Outbox;
use crate::session::{Input, Session, Taken};
use crate::status::{Delivered, State, Status, StatusFile};
use backoff::Backoff;
use clock::Clock;
use frames::{Control, FrameReader, Received};
use report::Report;
use rest::Rest;
use silence::{Silence, Verdict};
use snapshots::{Fetched, Snapshots};
use socket::{ConnectError, Socket};
use stop::Stop;

/// All streams flow over one.
const CONNECTION: u16 = 0;
const TICK: Duration = Duration::from_millis(50);
const RECONNECT_FIRST: Duration = Duration::from_millis(250);
const RECONNECT_MAX: Duration = Duration::from_secs(30);
/// A connection that held this long was a good one: the next wait is short again.
const GOOD_CONNECTION: Duration = Duration::from_secs(10);
/// What is left of the 5 s that a stop may take, after the read in progress.
const FLUSH_MAX: Duration = Duration::from_secs(4);

/// Between two looks at the lease.
const WITHOUT_LEASE: Duration = Duration::from_millis(10);
/// So many records wait for the lease to be renewed; then the socket waits too. Some 100 MB.
const WAITING_MAX: usize = 500_000;

/// Where the feed comes from, and how it behaves.
#[derive(Clone, Debug)]
pub struct FeedSettings {
    pub ws_url: String,
    pub stale_after: Duration,
    pub status_file: Option<StatusFile>,
}

pub struct Feed {
    settings: FeedSettings,
    session: Session,
    outbox: Outbox,
    writer: SoleWriter,
    producer: Producer,
    snapshots: Snapshots,
    report: Report,
    clock: Clock,
    state: State,
    reconnects: u64,
    /// From reading bytes to having handed their records to the producer.
    hop: Histogram,
}

/// Why a connection is over.
enum End {
    Stopped,
    Lost(String),
}

impl Feed {
    pub fn new(
        settings: FeedSettings,
        session: Session,
        outbox: Outbox,
        writer: SoleWriter,
        producer: Producer,
        rest: Rest,
    ) -> Self {
        let path = |instrument| session.snapshot_path(instrument).unwrap_or_default();
        let snapshots = Snapshots::new(rest, (0..session.instruments().len()).map(path));
        Self {
            report: Report::new(settings.status_file.clone()),
            hop: metrics::hop(session.dialect().venue()),
            settings,
            session,
            outbox,
            writer,
            producer,
            snapshots,
            clock: Clock::default(),
            state: State::Connecting,
            reconnects: 0,
        }
    }

    /// Runs until `stop`, then waits for the broker's acknowledgements. Fails only where going on would lose records.
    pub async fn run(mut self, mut stop: Stop) -> Result<(), IngestError> {
        let now_ns = self.clock.now_ns();
        self.session.start(now_ns, &mut self.outbox);
        self.send()?;
        let mut backoff = Backoff::new(RECONNECT_FIRST, RECONNECT_MAX);
        while !stop.is_requested() {
            let opening = self.session.opening(CONNECTION);
            let opened = tokio::select! {
                () = stop.requested() => break,
                opened = socket::open(&self.settings.ws_url, &opening.path) => opened,
            };
            let reason = match opened {
                Err(error @ ConnectError::BadUrl { .. }) => return Err(IngestError::Url(error)),
                Err(error) => error.to_string(),
                Ok(socket) => {
                    let since = Instant::now();
                    match self.listen(socket, &mut stop).await? {
                        End::Stopped => break,
                        End::Lost(reason) => {
                            self.take(Input::Closed {
                                connection: CONNECTION,
                                reason: &reason,
                            });
                            self.reconnects += 1;
                            if since.elapsed() >= GOOD_CONNECTION {
                                backoff.reset();
                            }
                            reason
                        }
                    }
                }
            };
            let wait = backoff.wait(entropy::number());
            tracing::warn!(venue = self.session.dialect().venue(), ?wait, "not connected: {reason}");
            self.pause(wait, &mut stop).await?;
        }
        self.finish()
    }

    fn finish(&mut self) -> Result<(), IngestError> {
        self.state = State::Stopped;
        let deadline = Instant::now() + FLUSH_MAX;
        self.send()?;
        while self.outbox.entries().len() > 0 && Instant::now() < deadline {
            thread::sleep(WITHOUT_LEASE);
            self.send()?;
        }
        let waiting = self.outbox.entries().len();
        let flushed = self.producer.flush(deadline - Instant::now());
        self.publish(Instant::now());
        flushed?;
        if waiting > 0 {
            return Err(IngestError::Unwritten { waiting });
        }
        self.writer.give_back();
        Ok(())
    }

    /// Waits, and goes on telling the status.
    async fn pause(&mut self, wait: Duration, stop: &mut Stop) -> Result<(), IngestError> {
        self.state = State::Connecting;
        let end = Instant::now() + wait;
        let mut ticker = interval(TICK);
        while Instant::now() < end {
            tokio::select! {
                () = stop.requested() => break,
                _ = ticker.tick() => self.on_tick()?,
            }
        }
        Ok(())
    }

    async fn listen(&mut self, mut socket: Socket, stop: &mut Stop) -> Result<End, IngestError> {
        self.state = State::Connected;
        tracing::info!(venue = self.session.dialect().venue(), "connected");
        self.take(Input::Opened { connection: CONNECTION });
        self.send()?;
        let mut reader = FrameReader::default();
        let mut silence = Silence::new(self.settings.stale_after, Instant::now());
        let mut ticker = interval(TICK);
        ticker.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                () = stop.requested() => {
                    // A farewell is a courtesy: the connection ends either way.
                    let _ = socket.write_all(&frames::control(Control::Close, &1000_u16.to_be_bytes(), mask())).await;
                    return Ok(End::Stopped);
                }
                read = socket.read(reader.space()) => {
                    match read {
                        Ok(0) => return Ok(End::Lost("the venue closed the connection".to_owned())),
                        Ok(bytes) => reader.filled(bytes),
                        Err(error) => return Ok(End::Lost(error.to_string())),
                    }
                    let read = Instant::now();
                    let taken = self.take_frames(&mut reader, &mut socket).await;
                    self.send()?;
                    if let Err(reason) = taken {
                        return Ok(End::Lost(reason));
                    }
                    // After the send, which waits while the broker is slow: that silence was ours.
                    let sent = Instant::now();
                    self.hop.record(sent.duration_since(read));
                    silence.heard(sent);
                }
                fetched = self.snapshots.next() => self.on_snapshot(fetched)?,
                _ = ticker.tick() => {
                    self.on_tick()?;
                    match silence.judge(Instant::now()) {
                        Verdict::Fine => {}
                        Verdict::Probe => {
                            if let Err(error) = socket.write_all(&frames::control(Control::Ping, b"", mask())).await {
                                return Ok(End::Lost(error.to_string()));
                            }
                        }
                        Verdict::Dead => {
                            return Ok(End::Lost(format!("no frame for {:?}", self.settings.stale_after)));
                        }
                    }
                }
            }
        }
    }

    /// Takes every frame that is there; they were read at the same time. The error says why the connection is over.
    async fn take_frames(&mut self, reader: &mut FrameReader, socket: &mut Socket) -> Result<(), String> {
        let receive_ns = self.clock.now_ns();
        while let Some(received) = reader.next_received().map_err(|error| error.to_string())? {
            match received {
                Received::Message(payload) => {
                    let input = Input::Frame {
                        connection: CONNECTION,
                        payload,
                    };
                    self.session.take(input, receive_ns, &mut self.outbox);
                }
                Received::Ping(payload) => {
                    let pong = frames::control(Control::Pong, payload, mask());
                    socket.write_all(&pong).await.map_err(|error| error.to_string())?;
                    socket.flush().await.map_err(|error| error.to_string())?;
                }
                Received::Pong => {}
                Received::Close { code, reason } => {
                    let code = code.map_or_else(String::new, |code| format!(" ({code} {reason})"));
                    return Err(format!("the venue closed the connection{code}"));
                }
            }
        }
        self.request_snapshots();
        Ok(())
    }

    /// Hands the session an input that was received now.
    fn take(&mut self, input: Input<'_>) -> Taken {
        self.session.take(input, self.clock.now_ns(), &mut self.outbox)
    }

    fn request_snapshots(&mut self) {
        for instrument in 0..self.session.instruments().len() {
            if self.session.wants_snapshot(instrument) {
                self.snapshots.request(instrument);
            }
        }
    }

    fn on_snapshot(&mut self, Fetched { instrument, body }: Fetched) -> Result<(), IngestError> {
        let (trouble, at_least) = match body {
            Err(error) => (Some(error.to_string()), error.retry_after()),
            Ok(body) => match self.take(Input::Snapshot {
                instrument,
                body: &body,
            }) {
                Taken::Snapshot(Err(refusal)) => (Some(refusal.to_string()), None),
                Taken::Snapshot(Ok(SnapshotStep::TooOld { oldest_first })) => (
                    Some(format!(
                        "it is older than the oldest depth event at hand, {oldest_first}"
                    )),
                    None,
                ),
                Taken::Snapshot(Ok(SnapshotStep::Synchronised | SnapshotStep::Ahead | SnapshotStep::NotNeeded))
                | Taken::Done => (None, None),
            },
        };
        match trouble {
            None => self.snapshots.settle(instrument),
            Some(trouble) => {
                let wait = self.snapshots.postpone(instrument, at_least);
                let symbol = &self.session.instruments()[instrument].symbol().name;
                tracing::warn!(%symbol, ?wait, "no use in the book snapshot: {trouble}");
            }
        }
        self.send()
    }

    /// Heartbeats, snapshots that were put off, the status, and whether the broker lost anything.
    fn on_tick(&mut self) -> Result<(), IngestError> {
        self.take(Input::Time);
        self.request_snapshots();
        self.send()?;
        self.producer.check()?;
        let now = Instant::now();
        if self.report.is_due(now) {
            self.publish(now);
        }
        Ok(())
    }

    /// Hands the records to the producer, which waits while its queue is full. Without a lease they wait here.
    fn send(&mut self) -> Result<(), IngestError> {
        while !self.writer.may_write()? {
            if self.outbox.entries().len() < WAITING_MAX {
                return Ok(());
            }
            thread::sleep(WITHOUT_LEASE);
        }
        for entry in self.outbox.entries() {
            self.producer
                .send(entry.topic, entry.partition, entry.key, entry.value, None)?;
        }
        self.outbox.clear();
        Ok(())
    }

    fn publish(&mut self, now: Instant) {
        let acknowledged = |kind| Topic::of_kind(kind).map_or(0, |topic| self.producer.acknowledged(topic));
        let delivered = Delivered {
            ticks_acknowledged: acknowledged(Kind::Trade),
            dead_letters_acknowledged: acknowledged(Kind::DeadLetter),
            unacknowledged: self.producer.unacknowledged() + self.outbox.entries().len() as u64,
        };
        let now_ns = self.clock.now_ns();
        let counts = self.outbox.counts();
        let status = Status::of(&self.session, counts, delivered, self.state, self.reconnects, now_ns);
        self.report.publish(&status, self.session.frames(), now);
    }
}

fn mask() -> u32 {
    entropy::number() as u32
}
