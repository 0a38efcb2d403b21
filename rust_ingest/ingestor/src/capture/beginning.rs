//! All that a session is made from, as a frame of the log: the records follow from it and the inputs behind it.

use journal::inputs::Head;
use serde::{Deserialize, Serialize};
use venues::venue::Venue;

use super::written::Place;
use crate::session::{InstrumentFeed, LastIds, Listed, Session};

/// Written when a run begins.
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
        }
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

    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain values")
    }

    /// The session as it is ahead of the first input. The error says what is wrong.
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
