//! Connections with a listener that notes what it hears.

#![allow(dead_code, reason = "each test binary uses its part of this")]

use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use ingestor::error::IngestError;
use ingestor::feed::connection::Connection;
use ingestor::feed::credentials::Credentials;
use ingestor::feed::endpoint::Endpoint;
use ingestor::feed::endpoints::Endpoints;
use ingestor::feed::listener::{Heard, Listener, Over};
use ingestor::feed::opener::Opener;
use ingestor::feed::stop::Stop;
use ingestor::feed::wire::Messages;
use ingestor::session::Opening;
use tokio::runtime;
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep, timeout};
use venues::dialect::Probe;
use venues::limits::Limits;

/// Notes what it hears, in order.
#[derive(Default)]
pub struct Notebook {
    pub heard: Vec<String>,
    /// Requests to send on a connection.
    pub replies: Vec<(u16, Vec<String>)>,
    pub openings: Vec<Instant>,
    pub probe: Option<Probe>,
    /// Each read takes so long, as with a slow broker.
    pub slow: Duration,
    pub deaf: Duration,
}

impl Listener for Notebook {
    fn venue(&self) -> &'static str {
        "test"
    }

    fn opening(&self, connection: u16) -> Opening {
        Opening {
            path: format!("/feed/{connection}"),
            messages: vec![format!("subscribe {connection}")],
        }
    }

    fn probe(&self) -> Probe {
        self.probe.clone().unwrap_or(Probe::WebSocket)
    }

    fn connecting(&mut self, _connection: u16, _endpoint: &str) {}

    fn opened(&mut self, connection: u16) -> Result<(), IngestError> {
        self.openings.push(Instant::now());
        self.heard.push(format!("{connection} opened"));
        Ok(())
    }

    fn closed(&mut self, connection: u16, reason: &str) -> Result<(), IngestError> {
        self.heard.push(format!("{connection} closed: {reason}"));
        Ok(())
    }

    fn missed(&mut self, connection: u16, reason: &str) -> Result<(), IngestError> {
        self.heard.push(format!("{connection} missed: {reason}"));
        Ok(())
    }

    fn read<M: Messages>(&mut self, connection: u16, reader: &mut M) -> Result<Heard, IngestError> {
        let mut heard = Heard::default();
        heard.messages(reader, |message| {
            self.heard
                .push(format!("{connection} {}", String::from_utf8_lossy(message)));
            Ok::<(), IngestError>(())
        })?;
        if let Some(last) = self.heard.last().filter(|last| last.contains("closing")) {
            heard.over = Some(Over::announced(last.trim_start_matches("0 ")));
        }
        std::thread::sleep(self.slow);
        self.deaf += self.slow;
        Ok(heard)
    }

    fn replies(&mut self, connection: u16) -> Vec<Vec<String>> {
        let (now, later) = self.replies.drain(..).partition(|(to, _)| *to == connection);
        self.replies = later;
        let now: Vec<(u16, Vec<String>)> = now;
        now.into_iter().map(|(_, texts)| texts).collect()
    }

    fn deaf(&self) -> Duration {
        self.deaf
    }
}

pub fn limits_of(venue: &str) -> Limits {
    venues::venue::Venue::of_name(venue).unwrap().limits()
}

pub struct Bench {
    pub notebook: Rc<RefCell<Notebook>>,
    pub tasks: JoinSet<Result<(), IngestError>>,
    pub stop: watch::Sender<bool>,
}

impl Bench {
    /// `connections` of them, each over all the endpoints in this order.
    pub fn connect(connections: u16, endpoints: &[&Endpoint], stale_after: Duration, limits: Limits) -> Self {
        Self::connect_as(None, connections, endpoints, stale_after, limits)
    }

    /// With credentials.
    pub fn connect_as(
        credentials: Option<&Credentials>,
        connections: u16,
        endpoints: &[&Endpoint],
        stale_after: Duration,
        limits: Limits,
    ) -> Self {
        let (stop, requested) = watch::channel(false);
        let opener = Rc::new(Opener::new(limits));
        let mut bench = Self {
            notebook: Rc::default(),
            tasks: JoinSet::new(),
            stop,
        };
        for number in 0..connections {
            let endpoints = Endpoints::new(endpoints.iter().copied().cloned().collect()).unwrap();
            let (notebook, opener) = (Rc::clone(&bench.notebook), Rc::clone(&opener));
            let stop = Stop::when(requested.clone());
            let connection = Connection::new(number, endpoints, stale_after, notebook, opener, stop)
                .with_credentials(credentials.cloned());
            bench.tasks.spawn_local(connection.run());
        }
        bench
    }

    pub fn one(endpoints: &[&Endpoint]) -> Self {
        Self::connect(1, endpoints, Duration::from_secs(20), limits_of("binance"))
    }

    pub fn heard(&self) -> Vec<String> {
        self.notebook.borrow().heard.clone()
    }

    pub async fn until(&self, lines: usize) -> Vec<String> {
        wait_for(|| self.notebook.borrow().heard.len() >= lines).await;
        self.heard()
    }
}

pub async fn wait_for(mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting)
        .await
        .expect("it comes to that in time");
}

pub fn on_one_thread(test: impl Future<Output = ()>) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test);
}
