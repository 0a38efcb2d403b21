//! All that a session is made from, as a frame of the log: the records follow from it and the inputs behind it.
//!
//! A run begins once, and goes on at the changes of segments: there the session's memory stands beside what it was made of, so that
//! the frames before are not needed any more.

use contracts::{Kind, Topic};
use journal::inputs::Head;
use serde::{Deserialize, Serialize};
use venues::venue::Venue;

use super::confirmed::{Confirmed, Place};
use super::log_name::LogName;
use crate::session::{InstrumentFeed, LastIds, Listed, Session, SessionMemory};

/// Written when a run begins, and when it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    #[serde(flatten)]
    head: Head,
    /// A random number, the same in every origin of the run.
    pub run: u64,
    pub dead_letter_partitions: u32,
    pub instruments: Vec<Begun>,
    /// Every partition that the run can write to.
    pub places: Vec<Place>,
    /// Where the run goes on: all records of the frames before this one were acknowledged by then.
    #[serde(default)]
    pub confirmed_before: Option<u64>,
    /// Where the run goes on: the frame with which it began. None in what an older version wrote, too.
    #[serde(default)]
    pub began: Option<u64>,
    /// The log that its records are written to. None in what an older version wrote.
    #[serde(default)]
    pub log: Option<LogName>,
}

/// An instrument as a run finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub listed: Listed,
    /// None: the log knows nothing of it.
    pub resumed: Option<Resumed>,
}

/// What went before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    pub last: LastIds,
    /// Why something may be missing in between; for people.
    pub reason: String,
}

impl Beginning {
    pub fn new(
        run: u64,
        venue: Venue,
        instruments: Vec<Begun>,
        dead_letter_partitions: u32,
        places: Vec<Place>,
        redundant: bool,
    ) -> Self {
        let lines = instruments.len().div_ceil(venue.symbols_per_connection());
        Self {
            head: Head::new(venue.name(), redundant, u16::try_from(lines).ok()),
            run,
            dead_letter_partitions,
            instruments,
            places,
            confirmed_before: None,
            began: None,
            log: None,
        }
    }

    /// Whoever plays it may hold the log that it would write to against this one.
    pub fn written_to(mut self, log: LogName) -> Self {
        self.log = Some(log);
        self
    }

    /// The error says what is wrong.
    pub fn read(json: &[u8]) -> Result<Self, String> {
        Head::read(json)?;
        let beginning: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        if beginning.dead_letter_partitions == 0 {
            return Err("a beginning without partitions for dead letters".to_owned());
        }
        Ok(beginning)
    }

    /// A partition that a record can go to and `places` does not name would not be read at the next start: what it holds would be written
    /// twice. The error says what is wrong.
    pub fn check_places(&self) -> Result<(), String> {
        let topic_of =
            |kind| Topic::of_kind(kind).expect("schemas/topics.toml has a topic for what the ingestor writes");
        let ticks = self
            .instruments
            .iter()
            .map(|begun| (topic_of(Kind::Trade), begun.listed.partition));
        let letters =
            (0..self.dead_letter_partitions.cast_signed()).map(|partition| (topic_of(Kind::DeadLetter), partition));
        for (topic, partition) in ticks.chain(letters) {
            let is_it = |place: &Place| place.topic == topic.name && place.partition == partition;
            if !self.places.iter().any(is_it) {
                return Err(format!(
                    "its records can go to {}[{partition}], which is not among its places",
                    topic.name
                ));
            }
        }
        Ok(())
    }

    /// As it stands where the run goes on, which began with frame `began`.
    pub fn going_on(&self, began: u64, confirmed: Confirmed) -> Self {
        Self {
            places: confirmed.places,
            confirmed_before: Some(confirmed.before),
            began: Some(began),
            ..self.clone()
        }
    }

    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain values")
    }

    /// The session as it is ahead of the next input. `memory` is what stands beside the beginning, in the same frame: so it never is that
    /// of other instruments. The error says what is wrong.
    pub fn session_with(&self, memory: &[u8]) -> Result<Session, String> {
        let mut session = self.session()?;
        if self.confirmed_before.is_some() {
            let memory: SessionMemory<'_> = serde_json::from_slice(memory).map_err(|error| error.to_string())?;
            session.remember(memory).map_err(|error| error.to_string())?;
        }
        Ok(session)
    }

    /// The session as it is ahead of the run's first input. The error says what is wrong.
    pub fn session(&self) -> Result<Session, String> {
        let venue =
            Venue::of_name(&self.head.venue).ok_or_else(|| format!("venue {} is not known", self.head.venue))?;
        let feeds = self.instruments.iter().map(|begun| {
            let feed = InstrumentFeed::new(venue, begun.listed.clone());
            match &begun.resumed {
                None => feed,
                Some(Resumed { last, reason }) => feed.resume(*last, reason),
            }
        });
        let session = Session::new(venue, feeds.collect());
        if !self.head.redundant {
            return Ok(session);
        }
        session.redundant().map_err(|error| error.to_string())
    }
}
