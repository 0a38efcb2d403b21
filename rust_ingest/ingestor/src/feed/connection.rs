//! The life of one connection: opened at one endpoint after the other, listened to, and opened again.

use std::cell::RefCell;
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};
use venues::dialect::Probe;

use super::backoff::Backoff;
use super::credentials::Credentials;
use super::datagrams::Datagrams;
use super::endpoint::Endpoint;
use super::endpoints::Endpoints;
use super::entropy;
use super::lines::{FileLines, HttpLines};
use super::listener::{Heard, Listener, Over};
use super::opener::Opener;
use super::passing::Passing;
use super::requests::Requests;
use super::silence::{Silence, Verdict};
use super::socket::WebSocket;
use super::stop::Stop;
use super::wire::{Brought, Wire};
use crate::error::IngestError;
use crate::session::Opening;

/// Between two looks at what is due.
pub const TICK: Duration = Duration::from_millis(50);
const RECONNECT_FIRST: Duration = Duration::from_millis(250);
const RECONNECT_MAX: Duration = Duration::from_secs(30);
/// A connection that held this long was a good one: the next wait is short again.
const GOOD_CONNECTION: Duration = Duration::from_secs(10);

pub struct Connection<L> {
    /// As the session's inputs name it.
    number: u16,
    endpoints: Endpoints<Endpoint>,
    stale_after: Duration,
    credentials: Option<Credentials>,
    passing: Option<Passing>,
    backoff: Backoff,
    /// Since when the streams flow.
    opened: Option<Instant>,
    /// When the venue last said ahead that it would close the connection.
    announced: Option<Instant>,
    listener: Rc<RefCell<L>>,
    opener: Rc<Opener>,
    stop: Stop,
}

/// Why a connection is over.
enum End {
    /// We were asked to stop, or there is nothing more to read.
    Done,
    Lost(Over),
}

impl<L: Listener> Connection<L> {
    pub fn new(
        number: u16,
        endpoints: Endpoints<Endpoint>,
        stale_after: Duration,
        listener: Rc<RefCell<L>>,
        opener: Rc<Opener>,
        stop: Stop,
    ) -> Self {
        Self {
            number,
            endpoints,
            stale_after,
            credentials: None,
            passing: None,
            opened: None,
            announced: None,
            backoff: Backoff::new(RECONNECT_FIRST, RECONNECT_MAX),
            listener,
            opener,
            stop,
        }
    }

    /// With credentials for a venue that wants some.
    pub fn with_credentials(mut self, credentials: Option<Credentials>) -> Self {
        self.credentials = credentials;
        self
    }

    /// Of a file, what the log holds already.
    pub fn with_passing(mut self, passing: Option<Passing>) -> Self {
        self.passing = passing;
        self
    }

    /// Runs until the stop, or to the end of a file. Fails only where going on would lose records.
    pub async fn run(mut self) -> Result<(), IngestError> {
        let mut stop = self.stop.clone();
        while !stop.is_requested() {
            let endpoint = self.endpoints.current(Instant::now()).clone();
            self.listener
                .borrow_mut()
                .connecting(self.number, &endpoint.to_string());
            let end = match self.carry(&endpoint).await? {
                End::Done => break,
                End::Lost(over) => over,
            };
            let was_good = self
                .opened
                .take()
                .is_some_and(|opened| opened.elapsed() >= GOOD_CONNECTION);
            if was_good {
                self.backoff.reset();
            }
            if end.is_announced && self.leaves_at_once() {
                tracing::info!(venue = self.venue(), connection = self.number, %endpoint, "connecting anew: {}", end.reason);
                continue;
            }
            self.endpoints.failed(Instant::now());
            let wait = self.backoff.wait(entropy::number());
            tracing::warn!(venue = self.venue(), connection = self.number, %endpoint, ?wait, "not connected: {}", end.reason);
            tokio::select! {
                () = stop.requested() => break,
                () = sleep(wait) => {}
            }
        }
        Ok(())
    }

    /// Once. A venue that says so again and again is left alone for a while each time, as one that fails.
    fn leaves_at_once(&mut self) -> bool {
        let before = self.announced.replace(Instant::now());
        before.is_none_or(|before| before.elapsed() >= GOOD_CONNECTION)
    }

    fn venue(&self) -> &'static str {
        self.listener.borrow().venue()
    }

    /// Opens the endpoint and listens to it until that is over.
    async fn carry(&mut self, endpoint: &Endpoint) -> Result<End, IngestError> {
        let opening = self.listener.borrow().opening(self.number);
        let Opening { path, messages } = match &self.credentials {
            Some(credentials) => Opening {
                path: credentials.path(&opening.path),
                ..opening
            },
            None => opening,
        };
        tokio::select! {
            () = self.stop.requested() => return Ok(End::Done),
            () = sleep_until(self.opener.next_opening()) => {}
        }
        let (credentials, passing) = (self.credentials.clone(), self.passing.clone());
        match endpoint {
            Endpoint::WebSocket(address) => {
                self.carry_over(WebSocket::open(address, &path), &messages, endpoint)
                    .await
            }
            Endpoint::HttpLines(address) => {
                let opening = HttpLines::open(address, &path, credentials.as_ref());
                self.carry_over(opening, &messages, endpoint).await
            }
            Endpoint::Datagrams(destination) => {
                self.carry_over(async { Datagrams::open(destination) }, &messages, endpoint)
                    .await
            }
            Endpoint::File(path) => match self
                .carry_over(async { FileLines::open(path, passing.as_ref()) }, &messages, endpoint)
                .await?
            {
                End::Done => Ok(End::Done),
                // The next start looks for what the log holds of it.
                End::Lost(over) => Err(IngestError::File { reason: over.reason }),
            },
        }
    }

    /// Over the wire that `opening` brings; a stop does not wait for it.
    async fn carry_over<W: Wire, E: Display>(
        &mut self,
        opening: impl Future<Output = Result<W, E>>,
        messages: &[String],
        endpoint: &Endpoint,
    ) -> Result<End, IngestError> {
        let wire = tokio::select! {
            () = self.stop.requested() => return Ok(End::Done),
            wire = opening => wire,
        };
        match wire {
            Ok(wire) => self.begin(wire, messages, endpoint).await,
            Err(error) => Ok(End::Lost(Over::lost(error.to_string()))),
        }
    }

    /// Asks for the streams, and listens.
    async fn begin<W: Wire>(
        &mut self,
        mut wire: W,
        messages: &[String],
        endpoint: &Endpoint,
    ) -> Result<End, IngestError> {
        let mut requests = Requests::new(self.opener.messages_each());
        requests.add(messages.to_vec());
        while let Some(turn) = requests.next_turn(&self.opener) {
            tokio::select! {
                () = self.stop.requested() => return Ok(End::Done),
                () = sleep_until(turn) => {}
            }
            if let Err(reason) = say(&mut wire, &mut requests).await {
                return Ok(End::Lost(Over::lost(reason)));
            }
        }
        tracing::info!(venue = self.venue(), connection = self.number, %endpoint, "connected");
        let end = self.listen(wire, requests, endpoint).await?;
        if let End::Lost(over) = &end {
            self.listener.borrow_mut().closed(self.number, &over.reason)?;
        }
        Ok(end)
    }

    async fn listen<W: Wire>(
        &mut self,
        mut wire: W,
        mut requests: Requests,
        endpoint: &Endpoint,
    ) -> Result<End, IngestError> {
        self.listener.borrow_mut().opened(self.number)?;
        self.opened = Some(Instant::now());
        let probe = self.listener.borrow().probe();
        let mut silence = self.silence(&probe);
        let mut ticker = interval(TICK);
        ticker.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            let turn = requests.next_turn(&self.opener);
            let Heard { answers, over } = tokio::select! {
                // In this order: where this process had no processor for a while, what waits at the wire is heard before
                // a silence is judged.
                biased;
                () = self.stop.requested() => {
                    let mut farewell = Heard::default();
                    farewell.close();
                    // A courtesy: the connection ends either way.
                    let _ = wire.send(&farewell.answers).await;
                    return Ok(End::Done);
                }
                () = sleep_until(turn.unwrap_or_else(Instant::now)), if turn.is_some() => {
                    if let Err(reason) = say(&mut wire, &mut requests).await {
                        return Ok(End::Lost(Over::lost(reason)));
                    }
                    continue;
                }
                brought = wire.wait() => {
                    match brought {
                        Ok(Brought::Bytes) => {}
                        Ok(Brought::End) => return Ok(End::Done),
                        Err(reason) => return Ok(End::Lost(Over::lost(reason))),
                    }
                    let mut listener = self.listener.borrow_mut();
                    if let Some(reason) = wire.missing() {
                        tracing::warn!(venue = listener.venue(), connection = self.number, %endpoint, "{reason}");
                        listener.missed(self.number, &reason)?;
                    }
                    let heard = listener.read(self.number, wire.reader())?;
                    silence.heard(Instant::now(), listener.deaf());
                    heard
                }
                _ = ticker.tick() => self.look(&mut silence, &probe),
            };
            if let Some(over) = over {
                return Ok(End::Lost(over));
            }
            if !answers.is_empty()
                && let Err(reason) = wire.send(&answers).await
            {
                return Ok(End::Lost(Over::lost(reason)));
            }
            for request in self.listener.borrow_mut().replies(self.number) {
                requests.add(request);
            }
        }
    }

    fn silence(&self, probe: &Probe) -> Silence {
        let probe_after = match probe {
            Probe::WebSocket => self.stale_after,
            Probe::Text { after, .. } => *after,
        };
        Silence::new(
            self.stale_after,
            probe_after,
            Instant::now(),
            self.listener.borrow().deaf(),
        )
    }

    /// Whether the venue still is there.
    fn look(&self, silence: &mut Silence, probe: &Probe) -> Heard {
        let mut heard = Heard::default();
        match silence.judge(Instant::now(), self.listener.borrow().deaf()) {
            Verdict::Fine => {}
            Verdict::Probe => heard.probe(probe),
            Verdict::Dead => heard.over = Some(Over::lost(format!("no frame for {:?}", self.stale_after))),
        }
        heard
    }
}

/// Sends the text whose turn has come.
async fn say(wire: &mut impl Wire, requests: &mut Requests) -> Result<(), String> {
    let mut saying = Heard::default();
    if let Some(text) = requests.take() {
        saying.say(&text);
    }
    wire.send(&saying.answers).await
}
