//! The session's end of the ring.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::thread::{self, JoinHandle};

use contracts::Record;
use foldhash::fast::RandomState;
use journal::frames::Retention;
use journal::ticks::{Rotation, TickError, TickFolder};

use super::making::Making;
use super::ring::{ReceiverGone, TickSender, ring};
use super::writing::Writing;

/// What waits for the writing thread at most: 2 MiB, and at a million ticks a second what comes while a disk takes 65 ms.
const RING_TICKS: usize = 65_536;

/// A folder that is taken, and how its files are kept.
pub struct TickFiles {
    folder: TickFolder,
    rotation: Rotation,
    retention: Retention,
}

/// An instrument whose ticks are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub instrument: String,
    pub venue: &'static str,
}

impl TickFiles {
    /// Takes the folder. [`TickError::Claimed`] while another process writes there.
    pub fn open(folder: &Path, rotation: Rotation, retention: Retention) -> Result<Self, TickError> {
        Ok(Self {
            folder: TickFolder::open(folder)?,
            rotation,
            retention,
        })
    }

    /// Begins to write the ticks of these instruments.
    pub fn start(mut self, series: &[Series]) -> Result<TickTap, TickError> {
        let mut making: HashMap<Box<str>, Making, RandomState> = HashMap::default();
        let mut writers = Vec::new();
        for Series { instrument, venue } in series {
            let symbol_id = self.folder.symbol(instrument, venue)?;
            let writer = self.folder.writer(symbol_id, self.rotation)?;
            writers.push((symbol_id, writer));
            making.insert(instrument.as_str().into(), Making::new(symbol_id, venue));
        }
        let venue = series.first().map_or("", |series| series.venue);
        let path = self.folder.path().to_owned();
        let (sender, made) = ring(RING_TICKS);
        let writing = Writing::new(made, self.folder, writers, self.retention, venue);
        let thread = thread::Builder::new()
            .name("tick files".to_owned())
            .spawn(move || writing.run())
            .map_err(|source: io::Error| TickError::Io {
                doing: "starting the thread of",
                path,
                source,
            })?;
        Ok(TickTap {
            making,
            lost: telemetry::counter!("tapeflow_ingestor_ticks_lost_total", "venue" => venue, "cause" => "ended writer"),
            sender: Some(sender),
            thread: Some(thread),
        })
    }
}

/// Takes records as they are made. Dropped, it waits until all ticks are in their files.
pub struct TickTap {
    /// By instrument.
    making: HashMap<Box<str>, Making, RandomState>,
    lost: telemetry::Counter,
    sender: Option<TickSender>,
    thread: Option<JoinHandle<()>>,
}

impl TickTap {
    /// Takes a record of a series that was named. It waits where the files are behind by the whole ring.
    #[inline]
    pub fn take(&mut self, instrument: &str, record: &Record<'_>) {
        let Some(making) = self.making.get_mut(instrument) else {
            return;
        };
        let (Some(tick), Some(sender)) = (making.take(record), &mut self.sender) else {
            return;
        };
        // A full disk does not end the thread: if something does, that is a defect, and costs tick files alone.
        if let Err(ReceiverGone) = sender.send(tick) {
            self.lost.increment(1);
        }
    }

    /// Wakes the writing thread if it sleeps. Once after some records: it costs a system call.
    #[inline]
    pub fn ring_bell(&self) {
        if let Some(sender) = &self.sender {
            sender.wake();
        }
    }
}

impl Drop for TickTap {
    fn drop(&mut self) {
        // The thread ends when it has seen all of it.
        self.sender = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the tick files ended by a panic");
        }
    }
}

impl std::fmt::Debug for TickTap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TickTap")
            .field("series", &self.making.len())
            .finish_non_exhaustive()
    }
}
