//! A recorded market: the frame log of an ingestor (`tapeflow-ingestor --frames`), all its runs one after the other.
//!
//! Frames are played in the order in which they came, and a book's REST answer where it came. Of an ingestor that read each
//! connection twice (`--redundant`) the first sides are played.

use std::path::{Path, PathBuf};

use journal::frames::FrameReader;
use journal::inputs::{Head, Input, Logged};

use super::{Line, Market, MarketError};
use crate::venue::Venue;

/// A place in a frame log.
pub struct Frames {
    folder: PathBuf,
    reader: FrameReader,
    /// Connections below are played; none before a run began.
    played_connections: u16,
    line: Vec<u8>,
    has_ended: bool,
}

impl Frames {
    /// The beginning of the log in `folder`.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(folder: &Path) -> Result<Frames, MarketError> {
        Ok(Frames {
            folder: folder.to_path_buf(),
            reader: FrameReader::from_oldest(folder).map_err(MarketError::Frames)?,
            played_connections: 0,
            line: Vec::new(),
            has_ended: false,
        })
    }

    /// Whose dialect the log is in: a folder has one venue.
    ///
    /// # Errors
    /// No run begins in it, or one of a venue or of a form that is not known here.
    pub fn venue(folder: &Path) -> Result<Venue, MarketError> {
        let mut frames = Self::open(folder)?;
        while let Some(frame) = frames.reader.next_frame().map_err(MarketError::Frames)? {
            let sequence = frame.sequence;
            if let Logged::Beginning { made_of, .. } =
                Logged::read(frame.connection, frame.payload).map_err(|reason| unknown(folder, sequence, reason))?
            {
                let Head { venue, .. } = Head::read(made_of).map_err(|reason| unknown(folder, sequence, reason))?;
                let known = [Venue::Spot, Venue::UsdM]
                    .into_iter()
                    .find(|known| known.name() == venue);
                return known.ok_or_else(|| MarketError::OtherVenue {
                    folder: folder.to_path_buf(),
                    venue,
                });
            }
        }
        Err(MarketError::NoRun {
            folder: folder.to_path_buf(),
        })
    }

    /// Puts the next message that is to be shown into `line`, and returns when it was received; none at the end.
    fn advance(&mut self) -> Result<Option<i64>, MarketError> {
        while let Some(frame) = self.reader.next_frame().map_err(MarketError::Frames)? {
            let (folder, sequence) = (&self.folder, frame.sequence);
            let unknown = |reason| unknown(folder, sequence, reason);
            let shown = match Logged::read(frame.connection, frame.payload).map_err(unknown)? {
                // A run that goes on is the same one: its connections are the same.
                Logged::Beginning { made_of, .. } => {
                    let head = Head::read(made_of).map_err(unknown)?;
                    self.played_connections = played_connections(&head).map_err(unknown)?;
                    continue;
                }
                Logged::Input(Input::Frame { connection, payload }) if connection < self.played_connections => payload,
                Logged::Input(Input::Snapshot { body, .. }) if self.played_connections > 0 => body,
                Logged::Input(_) => continue,
            };
            self.line.clear();
            self.line.extend_from_slice(shown);
            return Ok(Some(frame.receive_ns));
        }
        match self.reader.torn_end() {
            None => Ok(None),
            Some(torn) => Err(MarketError::TornEnd(torn)),
        }
    }
}

impl Market for Frames {
    fn next_line(&mut self) -> Result<Option<Line<'_>>, MarketError> {
        if self.has_ended {
            return Ok(None);
        }
        let next = self.advance();
        // There is nothing to be had behind an error.
        self.has_ended = !matches!(next, Ok(Some(_)));
        Ok(next?.map(|receive_ns| Line {
            receive_ns: u64::try_from(receive_ns).ok(),
            body: &self.line,
        }))
    }
}

/// Connections below are played.
fn played_connections(head: &Head) -> Result<u16, String> {
    match (head.redundant, head.lines) {
        (false, _) => Ok(u16::MAX),
        (true, Some(lines)) => Ok(lines),
        (true, None) => Err("an older version read each connection twice, and did not write which is which".to_owned()),
    }
}

fn unknown(folder: &Path, sequence: u64, reason: String) -> MarketError {
    MarketError::UnknownFrame {
        folder: folder.to_path_buf(),
        sequence,
        reason,
    }
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
