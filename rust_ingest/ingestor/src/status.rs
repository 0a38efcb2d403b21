//! The status file, and the log line that goes with it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use contracts::{GapStream, Kind};
use serde::Serialize;

use crate::outbox::Counts;
use crate::session::{Said, Session};

/// What the feed is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Connecting,
    Connected,
    Stopped,
}

/// How a connection does.
#[derive(Clone, Debug, Serialize)]
pub struct ConnectionStatus {
    pub(crate) state: State,
    /// The endpoint in use, or tried.
    pub(crate) endpoint: String,
    /// How often it was lost.
    pub(crate) reconnects: u64,
    /// When its newest bytes came.
    pub(crate) newest_receive_ns: Option<i64>,
}

impl Default for ConnectionStatus {
    fn default() -> Self {
        Self {
            state: State::Connecting,
            endpoint: String::new(),
            reconnects: 0,
            newest_receive_ns: None,
        }
    }
}

/// What the broker said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// Records of market.ticks that the broker acknowledged.
    pub ticks_acknowledged: u64,
    pub dead_letters_acknowledged: u64,
    /// Sent, not yet acknowledged.
    pub unacknowledged: u64,
}

impl Delivered {
    /// Records that the broker acknowledged, of all topics.
    pub fn acknowledged(&self) -> u64 {
        self.ticks_acknowledged + self.dead_letters_acknowledged
    }
}

#[derive(Debug, Serialize)]
pub struct Status {
    pub(crate) venue: &'static str,
    /// `connected` where every connection is, or one of its pair.
    pub(crate) state: State,
    pub(crate) updated_ns: i64,
    /// Data frames received, whatever became of them.
    pub(crate) frames: u64,
    /// Records made, by kind.
    pub(crate) records: BTreeMap<&'static str, u64>,
    pub(crate) gaps: BTreeMap<&'static str, u64>,
    pub(crate) dead_letters: u64,
    /// What came on one connection of a pair after the other had brought it.
    pub(crate) duplicates: u64,
    /// How the venue is, in its own newest words; none where it said nothing.
    pub(crate) venue_status: Option<Said>,
    /// How often that changed, or what the venue says of an instrument.
    pub(crate) status_changes: u64,
    /// Of all connections.
    pub(crate) reconnects: u64,
    /// In the order of their numbers.
    pub(crate) connections: Vec<ConnectionStatus>,
    #[serde(flatten)]
    pub(crate) delivered: Delivered,
    pub(crate) instruments: BTreeMap<String, InstrumentStatus>,
}

#[derive(Debug, Serialize)]
pub(crate) struct InstrumentStatus {
    pub(crate) partition: i32,
    pub(crate) synchronised: bool,
    pub(crate) last_event_ns: Option<i64>,
    /// How it is, in the venue's own newest words; none where it said nothing.
    pub(crate) venue_status: Option<Said>,
}

/// The kinds that the ingestor writes to market.ticks.
const KINDS: [Kind; 7] = [
    Kind::Instrument,
    Kind::Trade,
    Kind::Quote,
    Kind::BookDelta,
    Kind::BookSnapshot,
    Kind::Gap,
    Kind::Heartbeat,
];

impl Status {
    pub fn of(
        session: &Session,
        counts: &Counts,
        delivered: Delivered,
        state: State,
        connections: &[ConnectionStatus],
        now_ns: i64,
    ) -> Self {
        let instruments = session.instruments().iter().enumerate().map(|(index, feed)| {
            let status = InstrumentStatus {
                partition: feed.listed().partition,
                synchronised: feed.is_synchronised(),
                last_event_ns: feed.newest_event_ns(),
                venue_status: session.instrument_status(index).cloned(),
            };
            (feed.listed().terms.instrument.clone(), status)
        });
        Self {
            venue: session.dialect().venue(),
            state,
            updated_ns: now_ns,
            frames: session.frames(),
            records: KINDS
                .into_iter()
                .map(|kind| (kind.name(), counts.of_kind(kind)))
                .collect(),
            gaps: GapStream::ALL
                .into_iter()
                .map(|stream| (stream.as_str(), counts.of_gaps(stream)))
                .collect(),
            dead_letters: counts.of_kind(Kind::DeadLetter),
            duplicates: session.duplicates(),
            venue_status: session.venue_status().cloned(),
            status_changes: session.status_changes(),
            reconnects: connections.iter().map(|connection| connection.reconnects).sum(),
            connections: connections.to_vec(),
            delivered,
            instruments: instruments.collect(),
        }
    }

    /// One line for people, with the frames per second since the last one.
    pub fn log(&self, frames_per_second: f64) {
        let Delivered {
            ticks_acknowledged,
            unacknowledged,
            ..
        } = self.delivered;
        let connected = |one: &&ConnectionStatus| one.state == State::Connected;
        let synchronised = self
            .instruments
            .values()
            .filter(|instrument| instrument.synchronised)
            .count();
        tracing::info!(
            state = ?self.state,
            frames = self.frames,
            frames_per_second = format_args!("{frames_per_second:.0}"),
            ticks_acknowledged,
            unacknowledged,
            dead_letters = self.dead_letters,
            gaps = self.gaps.values().sum::<u64>(),
            reconnects = self.reconnects,
            connections = format_args!("{}/{}", self.connections.iter().filter(connected).count(), self.connections.len()),
            books = format_args!("{synchronised}/{}", self.instruments.len()),
            "status"
        );
    }
}

/// A file that readers see either whole or not at all.
#[derive(Clone, Debug)]
pub struct StatusFile {
    path: PathBuf,
    temporary: PathBuf,
}

impl StatusFile {
    pub fn at(path: &Path) -> Self {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(format!(".{}", std::process::id()));
        Self {
            path: path.to_owned(),
            temporary: temporary.into(),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn write(&self, status: &Status) -> std::io::Result<()> {
        fs::write(&self.temporary, serde_json::to_vec(status)?)?;
        fs::rename(&self.temporary, &self.path)
    }
}
