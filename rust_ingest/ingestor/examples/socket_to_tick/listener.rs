//! Listens as the ingestor does, and notes when each message was a record.

use std::time::{Duration, Instant};

use ingestor::error::IngestError;
use ingestor::feed::clock::Clock;
use ingestor::feed::connection::TICK;
use ingestor::feed::listener::{Heard, Listener};
use ingestor::feed::wire::Messages;
use ingestor::session::{Input, Opening};
use ingestor::stage::Stage;
use tokio::sync::watch;
use venues::dialect::Probe;

/// A book by REST, and how many messages come before it.
pub type Snapshot = (usize, String);

/// The stage takes the messages; without one they are only read.
pub struct Noting {
    stage: Option<Stage>,
    path: String,
    snapshot: Option<Snapshot>,
    /// One for each message: its record stands encoded among those to be sent.
    pub taken: Vec<Instant>,
    expected: usize,
    clock: Clock,
    looked: Instant,
    deaf: Duration,
    over: watch::Sender<bool>,
}

impl Noting {
    /// `over` is told when all messages have come, or can come no more.
    pub fn new(
        stage: Option<Stage>,
        path: String,
        snapshot: Option<Snapshot>,
        expected: usize,
        over: watch::Sender<bool>,
    ) -> Self {
        Self {
            stage,
            path,
            snapshot,
            taken: Vec::with_capacity(expected),
            expected,
            clock: Clock::default(),
            looked: Instant::now(),
            deaf: Duration::ZERO,
            over,
        }
    }

    pub fn into_stage(self) -> Option<Stage> {
        self.stage
    }

    fn take(&mut self, input: Input<'_>, receive_ns: i64) -> Result<(), IngestError> {
        match &mut self.stage {
            Some(stage) => stage.take(input, receive_ns).map(drop),
            None => Ok(()),
        }
    }

    fn message(&mut self, connection: u16, payload: &[u8], receive_ns: i64) -> Result<(), IngestError> {
        if let Some((_, body)) = self.snapshot.take_if(|(before, _)| *before == self.taken.len()) {
            let body = body.as_bytes();
            self.take(Input::Snapshot { instrument: 0, body }, receive_ns)?;
        }
        self.take(Input::Frame { connection, payload }, receive_ns)?;
        self.taken.push(Instant::now());
        Ok(())
    }

    fn send(&mut self) -> Result<(), IngestError> {
        let Some(stage) = &mut self.stage else { return Ok(()) };
        stage.send()?;
        if self.looked.elapsed() >= TICK {
            self.looked = Instant::now();
            stage.on_time(self.clock.now_ns())?;
        }
        Ok(())
    }
}

impl Listener for Noting {
    fn venue(&self) -> &'static str {
        "binance"
    }

    fn opening(&self, _connection: u16) -> Opening {
        Opening {
            path: self.path.clone(),
            messages: Vec::new(),
        }
    }

    fn probe(&self) -> Probe {
        Probe::WebSocket
    }

    fn connecting(&mut self, _connection: u16, _endpoint: &str) {}

    fn opened(&mut self, connection: u16) -> Result<(), IngestError> {
        let receive_ns = self.clock.now_ns();
        self.take(Input::Opened { connection }, receive_ns)?;
        self.send()
    }

    fn closed(&mut self, _connection: u16, _reason: &str) -> Result<(), IngestError> {
        self.over.send_replace(true);
        Ok(())
    }

    /// A WebSocket misses nothing.
    fn missed(&mut self, connection: u16, reason: &str) -> Result<(), IngestError> {
        unreachable!("connection {connection}: {reason}")
    }

    fn read<M: Messages>(&mut self, connection: u16, reader: &mut M) -> Result<Heard, IngestError> {
        let read = Instant::now();
        let receive_ns = self.clock.now_ns();
        let mut heard = Heard::default();
        heard.messages(reader, |payload| self.message(connection, payload, receive_ns))?;
        self.send()?;
        self.deaf += read.elapsed();
        if self.taken.len() >= self.expected {
            self.over.send_replace(true);
        }
        Ok(heard)
    }

    fn replies(&mut self, _connection: u16) -> Vec<Vec<String>> {
        Vec::new()
    }

    fn deaf(&self) -> Duration {
        self.deaf
    }
}
