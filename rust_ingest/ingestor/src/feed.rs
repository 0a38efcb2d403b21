//! The live side: sockets, timers, snapshots by REST, the producer. One thread runs it all, a task for each connection;
//! where the producer's queue is full it waits, and with it the sockets: nothing is dropped and memory stays bounded.

pub mod backoff;
pub mod clock;
pub mod connection;
pub mod endpoints;
pub mod entropy;
pub mod frames;
mod intake;
pub mod limits;
pub mod listener;
pub mod opener;
pub mod pace;
mod report;
pub mod rest;
mod silence;
mod snapshots;
pub mod socket;
pub mod stop;

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{MissedTickBehavior, interval};

use crate::error::IngestError;
use crate::stage::Stage;
use crate::status::StatusFile;
use connection::{Connection, TICK};
use endpoints::Endpoints;
use intake::Intake;
use limits::Limits;
use opener::Opener;
use report::Report;
use rest::Rest;
use snapshots::{Fetched, Snapshots};
use socket::Endpoint;
use stop::Stop;

/// What is left of the 5 s that a stop may take, after the read in progress.
const FLUSH_MAX: Duration = Duration::from_secs(4);

/// Where the feed comes from, and how it behaves.
#[derive(Clone, Debug)]
pub struct FeedSettings {
    /// The first choice first; not empty.
    pub endpoints: Vec<Endpoint>,
    pub limits: Limits,
    pub status_file: Option<StatusFile>,
}

pub struct Feed {
    settings: FeedSettings,
    intake: Intake,
    fetched: UnboundedReceiver<Fetched>,
}

impl Feed {
    pub fn new(settings: FeedSettings, stage: Stage, rest: Rest) -> Self {
        let session = stage.session();
        let path = |instrument| session.snapshot_path(instrument).unwrap_or_default();
        let paths = (0..session.instruments().len()).map(path);
        let (snapshots, fetched) = Snapshots::new(rest, paths);
        let report = Report::new(settings.status_file.clone());
        Self {
            settings,
            intake: Intake::new(stage, snapshots, report),
            fetched,
        }
    }

    /// Runs until `stop`, then waits for the broker's acknowledgements. Fails only where going on would lose records.
    pub async fn run(self, stop: Stop) -> Result<(), IngestError> {
        let Self {
            settings,
            mut intake,
            fetched,
        } = self;
        intake.start()?;
        let connections = intake.connections();
        let intake = Rc::new(RefCell::new(intake));
        let opener = Rc::new(Opener::new(settings.limits));
        let mut tasks = JoinSet::new();
        let local = LocalSet::new();
        for number in 0..connections {
            let (side, sides) = intake.borrow().side(number);
            let endpoints = settings.endpoints.clone();
            let endpoints = Endpoints::of_side(endpoints, side, sides).ok_or(IngestError::NoEndpoint)?;
            let (intake, opener, stop) = (Rc::clone(&intake), Rc::clone(&opener), stop.clone());
            let connection = Connection::new(number, endpoints, settings.limits.silence, intake, opener, stop);
            tasks.spawn_local_on(connection.run(), &local);
        }
        tasks.spawn_local_on(keep_time(Rc::clone(&intake), fetched, stop), &local);
        local
            .run_until(async {
                while let Some(ended) = tasks.join_next().await {
                    ended.unwrap_or_else(|error| resume_unwind(error.into_panic()))?;
                }
                Ok::<(), IngestError>(())
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
