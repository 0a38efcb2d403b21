//! The life of one connection: opened at one endpoint after the other, listened to, and opened again.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};
use venues::dialect::Probe;

use super::backoff::Backoff;
use super::endpoints::Endpoints;
use super::entropy;
use super::frames::FrameReader;
use super::listener::{Heard, Listener};
use super::opener::Opener;
use super::silence::{Silence, Verdict};
use super::socket::{self, Endpoint, Socket};
use super::stop::Stop;
use crate::error::IngestError;

/// Between two looks at what is due.
pub const TICK: Duration = Duration::from_millis(50);
const RECONNECT_FIRST: Duration = Duration::from_millis(250);
const RECONNECT_MAX: Duration = Duration::from_secs(30);
/// A connection that held this long was a good one: the next wait is short again.
const GOOD_CONNECTION: Duration = Duration::from_secs(10);
/// What we send is short: a venue that does not take it for so long does not listen.
const WRITE_MAX: Duration = Duration::from_secs(10);

pub struct Connection<L> {
    /// As the session's inputs name it.
    number: u16,
    endpoints: Endpoints<Endpoint>,
    stale_after: Duration,
    backoff: Backoff,
    listener: Rc<RefCell<L>>,
    opener: Rc<Opener>,
    stop: Stop,
}

/// Why a connection is over.
enum End {
    Stopped,
    Lost(String),
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
            backoff: Backoff::new(RECONNECT_FIRST, RECONNECT_MAX),
            listener,
            opener,
            stop,
        }
    }

    /// Runs until the stop. Fails only where going on would lose records.
    pub async fn run(mut self) -> Result<(), IngestError> {
        let mut stop = self.stop.clone();
        while !stop.is_requested() {
            let endpoint = self.endpoints.current(Instant::now()).clone();
            self.listener
                .borrow_mut()
                .connecting(self.number, &endpoint.to_string());
            let opened = tokio::select! {
                () = stop.requested() => break,
                opened = self.open(&endpoint) => opened,
            };
            let reason = match opened {
                Err(reason) => reason,
                Ok(socket) => {
                    let since = Instant::now();
                    tracing::info!(venue = self.venue(), connection = self.number, %endpoint, "connected");
                    match self.listen(socket).await? {
                        End::Stopped => break,
                        End::Lost(reason) => {
                            self.listener.borrow_mut().closed(self.number, &reason)?;
                            if since.elapsed() >= GOOD_CONNECTION {
                                self.backoff.reset();
                            }
                            reason
                        }
                    }
                }
            };
            self.endpoints.failed(Instant::now());
            let wait = self.backoff.wait(entropy::number());
            tracing::warn!(venue = self.venue(), connection = self.number, %endpoint, ?wait, "not connected: {reason}");
            tokio::select! {
                () = stop.requested() => break,
                () = sleep(wait) => {}
            }
        }
        Ok(())
    }

    fn venue(&self) -> &'static str {
        self.listener.borrow().venue()
    }

    /// Connects, and asks for the streams. The error is for people.
    async fn open(&self, endpoint: &Endpoint) -> Result<Socket, String> {
        let opening = self.listener.borrow().opening(self.number);
        sleep_until(self.opener.next_opening()).await;
        let mut socket = socket::open(endpoint, &opening.path)
            .await
            .map_err(|error| error.to_string())?;
        for message in &opening.messages {
            sleep_until(self.opener.next_message()).await;
            let mut asking = Heard::default();
            asking.say(std::slice::from_ref(message));
            write(&mut socket, &asking.answers).await?;
        }
        Ok(socket)
    }

    async fn listen(&mut self, mut socket: Socket) -> Result<End, IngestError> {
        self.listener.borrow_mut().opened(self.number)?;
        let mut reader = FrameReader::default();
        let probe = self.listener.borrow().probe();
        let mut silence = self.silence(&probe);
        let mut ticker = interval(TICK);
        ticker.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            let Heard { answers, over } = tokio::select! {
                () = self.stop.requested() => {
                    let mut farewell = Heard::default();
                    farewell.close();
                    // A courtesy: the connection ends either way.
                    let _ = write(&mut socket, &farewell.answers).await;
                    return Ok(End::Stopped);
                }
                read = socket.read(reader.space()) => {
                    match read {
                        Ok(0) => return Ok(End::Lost("the venue closed the connection".to_owned())),
                        Ok(bytes) => reader.filled(bytes),
                        Err(error) => return Ok(End::Lost(error.to_string())),
                    }
                    let mut listener = self.listener.borrow_mut();
                    let heard = listener.read(self.number, &mut reader)?;
                    silence.heard(Instant::now(), listener.deaf());
                    heard
                }
                _ = ticker.tick() => self.look(&mut silence, &probe),
            };
            if let Some(reason) = over {
                return Ok(End::Lost(reason));
            }
            if !answers.is_empty()
                && let Err(reason) = write(&mut socket, &answers).await
            {
                return Ok(End::Lost(reason));
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

    /// Whether the venue still is there, and what the session wants to say without having heard anything.
    fn look(&self, silence: &mut Silence, probe: &Probe) -> Heard {
        let mut listener = self.listener.borrow_mut();
        let mut heard = Heard::default();
        heard.say(&listener.replies(self.number));
        match silence.judge(Instant::now(), listener.deaf()) {
            Verdict::Fine => {}
            Verdict::Probe => heard.probe(probe),
            Verdict::Dead => heard.over = Some(format!("no frame for {:?}", self.stale_after)),
        }
        heard
    }
}

async fn write(socket: &mut Socket, frames: &[u8]) -> Result<(), String> {
    let sending = async {
        socket.write_all(frames).await?;
        socket.flush().await
    };
    match timeout(WRITE_MAX, sending).await {
        Ok(sent) => sent.map_err(|error| error.to_string()),
        Err(_) => Err(format!("the venue takes nothing for {WRITE_MAX:?}")),
    }
}
