//! The live side: sockets, timers, snapshots by REST, the producer. One thread runs it all, a task for each connection;
//! where the producer's queue is full it waits, and with it the sockets: nothing is dropped and memory stays bounded.

pub mod address;
pub mod backoff;
pub mod clock;
pub mod connection;
pub mod credentials;
pub mod datagrams;
pub mod endpoint;
pub mod endpoints;
pub mod entropy;
pub mod frames;
mod intake;
pub mod lines;
pub mod listener;
pub mod opener;
pub mod pace;
pub mod passing;
mod report;
mod requests;
pub mod rest;
mod silence;
mod snapshots;
pub mod socket;
pub mod stop;
pub mod wire;

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{MissedTickBehavior, interval};
use venues::limits::Limits;

use crate::error::IngestError;
use crate::stage::Stage;
use crate::status::StatusFile;
use clock::Clock;
use connection::{Connection, TICK};
use credentials::Credentials;
use endpoint::Endpoint;
use endpoints::Endpoints;
use intake::Intake;
use opener::Opener;
use passing::Passing;
use report::Report;
use rest::Rest;
use snapshots::{Fetched, Snapshots};
use stop::Stop;

/// What is left of the 5 s that a stop may take, after the read in progress.
const FLUSH_MAX: Duration = Duration::from_secs(4);

/// Where the feed comes from, and how it behaves.
#[derive(Clone, Debug)]
pub struct FeedSettings {
    /// The first choice first; not empty.
    pub endpoints: Vec<Endpoint>,
    /// For a venue that wants some.
    pub credentials: Option<Credentials>,
    /// Of a file, what the log holds already.
    pub passing: Option<Passing>,
    pub limits: Limits,
    pub status_file: Option<StatusFile>,
}

pub struct Feed {
    settings: FeedSettings,
    intake: Intake,
    fetched: UnboundedReceiver<Fetched>,
}

impl Feed {
    /// `clock` told when the stage began.
    pub fn new(settings: FeedSettings, stage: Stage, rest: Option<Rest>, clock: Clock) -> Self {
        let session = stage.session();
        let path = |instrument| session.snapshot_path(instrument).unwrap_or_default();
        let paths = (0..session.instruments().len()).map(path);
        let (snapshots, fetched) = Snapshots::new(rest, settings.limits.books, paths);
        let report = Report::new(settings.status_file.clone());
        Self {
            settings,
            intake: Intake::new(stage, snapshots, report, clock),
            fetched,
        }
    }

    /// Runs until `stop`, or until all connections have been read to their end, then waits for the broker's
    /// acknowledgements. Fails only where going on would lose records.
    pub async fn run(self, stop: Stop) -> Result<(), IngestError> {
        let Self {
            settings,
            intake,
            fetched,
        } = self;
        let connections = intake.connections();
        let intake = Rc::new(RefCell::new(intake));
        let opener = Rc::new(Opener::new(settings.limits));
        let mut tasks = JoinSet::new();
        let local = LocalSet::new();
        let stale_after = settings.limits.silence.unwrap_or(Duration::MAX);
        for number in 0..connections {
            let (side, sides) = intake.borrow().side(number);
            let endpoints = settings.endpoints.clone();
            let endpoints = Endpoints::of_side(endpoints, side, sides).ok_or(IngestError::NoEndpoint)?;
            let (intake, opener, stop) = (Rc::clone(&intake), Rc::clone(&opener), stop.clone());
            let connection = Connection::new(number, endpoints, stale_after, intake, opener, stop);
            let connection = connection
                .with_credentials(settings.credentials.clone())
                .with_passing(settings.passing.clone());
            tasks.spawn_local_on(connection.run(), &local);
        }
        let connected = async {
            while let Some(ended) = tasks.join_next().await {
                ended.unwrap_or_else(|error| resume_unwind(error.into_panic()))?;
            }
            Ok(())
        };
        let time = keep_time(Rc::clone(&intake), fetched, stop);
        local
            .run_until(async {
                tokio::select! {
                    ended = connected => ended,
                    // It ends well at the stop alone, which the connections see too.
                    Err(error) = time => Err(error),
                }
            })
            .await?;
        intake.borrow_mut().finish()
    }
}

/// What goes on whether or not anything is heard: time, and the snapshots that were asked for.
async fn keep_time(
    intake: Rc<RefCell<Intake>>,
    mut fetched: UnboundedReceiver<Fetched>,
    mut stop: Stop,
) -> Result<(), IngestError> {
    let mut ticker = interval(TICK);
    ticker.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            () = stop.requested() => return Ok(()),
            Some(fetched) = fetched.recv() => intake.borrow_mut().on_snapshot(fetched)?,
            _ = ticker.tick() => intake.borrow_mut().on_tick()?,
        }
    }
}
