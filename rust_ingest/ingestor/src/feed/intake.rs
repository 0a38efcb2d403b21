//! Where all that comes in becomes one order: each input gets its time, goes to the session, and its records to the
//! producer. Inputs are taken in the order in which their sockets were read; one thread does it all.

use std::mem::take;
use std::time::Duration;

use telemetry::Histogram;
use tokio::time::Instant;
use venues::book_steps::SnapshotStep;
use venues::dialect::Probe;

use super::FLUSH_MAX;
use super::clock::Clock;
use super::listener::{Heard, Listener, Over};
use super::report::Report;
use super::snapshots::{Fetched, Snapshots};
use super::wire::Messages;
use crate::error::IngestError;
use crate::metrics;
use crate::session::{Input, News, Opening, Taken};
use crate::stage::Stage;
use crate::status::{ConnectionStatus, State, Status};

pub struct Intake {
    stage: Stage,
    snapshots: Snapshots,
    report: Report,
    clock: Clock,
    connections: Vec<ConnectionStatus>,
    /// What is to be asked for on each connection.
    unsaid: Vec<Vec<Vec<String>>>,
    stopped: bool,
    /// From reading bytes to having handed their records to the producer.
    hop: Histogram,
    /// How long, all in all, hops took: no socket was read meanwhile.
    deaf: Duration,
}

impl Intake {
    pub fn new(stage: Stage, snapshots: Snapshots, report: Report, clock: Clock) -> Self {
        let session = stage.session();
        Self {
            hop: metrics::hop(session.dialect().venue()),
            unsaid: vec![Vec::new(); usize::from(session.connections())],
            connections: vec![ConnectionStatus::default(); usize::from(session.connections())],
            stage,
            snapshots,
            report,
            clock,
            stopped: false,
            deaf: Duration::ZERO,
        }
    }

    pub fn connections(&self) -> u16 {
        self.stage.session().connections()
    }

    /// Which side a connection is, and of how many.
    pub fn side(&self, connection: u16) -> (usize, usize) {
        let session = self.stage.session();
        (session.side(connection) as usize, session.sides())
    }

    /// Hands the session an input that was received now.
    fn take_now(&mut self, input: Input<'_>) -> Result<Taken, IngestError> {
        let receive_ns = self.clock.now_ns();
        self.take(input, receive_ns)
    }

    /// The only way to the session: all that its records depend on goes through here.
    #[inline]
    fn take(&mut self, input: Input<'_>, receive_ns: i64) -> Result<Taken, IngestError> {
        self.stage.take(input, receive_ns)
    }

    fn request_snapshots(&mut self) {
        for instrument in 0..self.stage.session().instruments().len() {
            if self.stage.session().wants_snapshot(instrument) {
                self.snapshots.request(instrument);
            }
        }
    }

    pub fn on_snapshot(&mut self, fetched: Fetched) -> Result<(), IngestError> {
        self.snapshots.landed(&fetched);
        let Fetched { instrument, body } = fetched;
        let (trouble, at_least) = match body {
            Err(error) => (Some(error.to_string()), error.retry_after()),
            Ok(body) => match self.take_now(Input::Snapshot {
                instrument,
                body: &body,
            })? {
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
                let symbol = &self.stage.session().instruments()[instrument].symbol().name;
                tracing::warn!(%symbol, ?wait, "no use in the book snapshot: {trouble}");
            }
        }
        self.stage.send()
    }

    /// Heartbeats, snapshots that were put off, the status, and whether the broker lost anything.
    pub fn on_tick(&mut self) -> Result<(), IngestError> {
        let now_ns = self.clock.now_ns();
        self.stage.on_time(now_ns)?;
        self.request_snapshots();
        let now = Instant::now();
        if self.report.is_due(now) {
            self.publish(now);
        }
        Ok(())
    }

    /// Waits until the broker has acknowledged everything, but no longer than a stop may take.
    pub fn finish(&mut self) -> Result<(), IngestError> {
        self.stopped = true;
        let deadline = Instant::now() + FLUSH_MAX;
        let finished = self.stage.finish(deadline.into_std());
        self.publish(Instant::now());
        finished?;
        self.stage.give_back();
        Ok(())
    }

    /// Each line is open, if only on one side of its pair.
    fn has_all_lines(&self) -> bool {
        let connections = 0..self.stage.session().connections();
        let is_open = |connection: u16| self.connections[usize::from(connection)].state == State::Connected;
        let is_line_open = |of: u16| {
            let line = self.stage.session().line_of(of);
            connections
                .clone()
                .any(|one| self.stage.session().line_of(one) == line && is_open(one))
        };
        connections.clone().all(is_line_open)
    }

    fn state(&self) -> State {
        if self.stopped {
            State::Stopped
        } else if self.has_all_lines() {
            State::Connected
        } else {
            State::Connecting
        }
    }

    /// What the venue says beside the market is for people.
    fn tell_news(&mut self, connection: u16) {
        for News { instrument, message } in self.stage.news(connection) {
            let session = self.stage.session();
            let instrument = instrument.map(|index| &*session.instruments()[index].listed().terms.instrument);
            tracing::info!(
                venue = session.dialect().venue(),
                instrument,
                "the venue says: {message}"
            );
        }
    }

    fn publish(&mut self, now: Instant) {
        let now_ns = self.clock.now_ns();
        let (session, counts, delivered) = (self.stage.session(), self.stage.counts(), self.stage.delivered());
        let status = Status::of(session, counts, delivered, self.state(), &self.connections, now_ns);
        self.report.publish(&status, session.frames(), now);
    }
}

impl Listener for Intake {
    fn venue(&self) -> &'static str {
        self.stage.session().dialect().venue()
    }

    fn opening(&self, connection: u16) -> Opening {
        self.stage.session().opening(connection)
    }

    fn probe(&self) -> Probe {
        self.stage.session().probe()
    }

    fn connecting(&mut self, connection: u16, endpoint: &str) {
        let status = &mut self.connections[usize::from(connection)];
        status.state = State::Connecting;
        endpoint.clone_into(&mut status.endpoint);
    }

    fn opened(&mut self, connection: u16) -> Result<(), IngestError> {
        self.connections[usize::from(connection)].state = State::Connected;
        self.take_now(Input::Opened { connection })?;
        self.stage.send()
    }

    fn closed(&mut self, connection: u16, reason: &str) -> Result<(), IngestError> {
        let status = &mut self.connections[usize::from(connection)];
        status.state = State::Connecting;
        status.reconnects += 1;
        self.unsaid[usize::from(connection)].clear();
        self.take_now(Input::Closed { connection, reason })?;
        self.stage.send()
    }

    /// For the session, and so for the frame log, as if the connection had been lost and opened again: what was missed is a gap.
    fn missed(&mut self, connection: u16, reason: &str) -> Result<(), IngestError> {
        self.take_now(Input::Closed { connection, reason })?;
        self.take_now(Input::Opened { connection })?;
        self.stage.send()
    }

    fn read<M: Messages>(&mut self, connection: u16, reader: &mut M) -> Result<Heard, IngestError> {
        let read = Instant::now();
        let receive_ns = self.clock.now_ns();
        self.connections[usize::from(connection)].newest_receive_ns = Some(receive_ns);
        let mut heard = Heard::default();
        heard.messages(reader, |payload| {
            self.take(Input::Frame { connection, payload }, receive_ns).map(drop)
        })?;
        self.tell_news(connection);
        if let Some(reason) = self.stage.closing(connection) {
            heard.over.get_or_insert(Over::announced(reason));
        }
        self.request_snapshots();
        self.stage.send()?;
        let took = read.elapsed();
        self.hop.record(took);
        self.deaf += took;
        Ok(heard)
    }

    fn replies(&mut self, connection: u16) -> Vec<Vec<String>> {
        let requests = self.stage.replies(connection);
        let line = self.stage.session().line_of(connection);
        for other in (0..self.stage.session().connections()).filter(|_| !requests.is_empty()) {
            if self.stage.session().line_of(other) == line {
                self.unsaid[usize::from(other)].extend_from_slice(&requests);
            }
        }
        take(&mut self.unsaid[usize::from(connection)])
    }

    fn deaf(&self) -> Duration {
        self.deaf
    }
}
