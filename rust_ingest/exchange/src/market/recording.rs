//! What was recorded: capture files, or an ingestor's frame log.

use std::path::PathBuf;

use super::capture::Capture;
use super::frames::Frames;
use super::{Market, MarketError};
use crate::cli::Options;
use crate::venue::Venue;

/// Where a recorded market stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recording {
    /// Lines `<recv_ns> <json>`, file after file.
    Captures(Vec<PathBuf>),
    /// A frame log's folder.
    Frames(PathBuf),
}

impl Recording {
    /// What the command line names; none if the market is to be made here.
    pub fn chosen(options: &Options) -> Option<Recording> {
        match &options.frames {
            Some(folder) => Some(Recording::Frames(folder.clone())),
            None if options.capture.is_empty() => None,
            None => Some(Recording::Captures(options.capture.clone())),
        }
    }

    /// From its beginning.
    ///
    /// # Errors
    /// It cannot be read at all.
    pub fn open(&self) -> Result<Box<dyn Market>, MarketError> {
        Ok(match self {
            Recording::Captures(paths) => Box::new(Capture::new(paths)),
            Recording::Frames(folder) => Box::new(Frames::open(folder)?),
        })
    }

    /// Whose it is, where the recording says that by itself.
    ///
    /// # Errors
    /// It is of nobody whose dialect the exchange speaks.
    pub fn venue(&self) -> Result<Option<Venue>, MarketError> {
        match self {
            Recording::Captures(_) => Ok(None),
            Recording::Frames(folder) => Frames::venue(folder).map(Some),
        }
    }
}
