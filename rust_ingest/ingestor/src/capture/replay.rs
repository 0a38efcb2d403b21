//! The frame log once more through the session.

use std::path::{Path, PathBuf};

use contracts::SchemaIds;
use journal::frames::{FrameReader, TornEnd};
use journal::inputs::Logged;

use super::beginning::Beginning;
use super::comparison::MemoryComparison;
use super::error::CaptureError;
use crate::outbox::Outbox;
use crate::session::Session;

/// A place in a frame log, and the session as it was there.
pub struct Replay {
    folder: PathBuf,
    reader: FrameReader,
    ids: SchemaIds,
    current: Option<Current>,
    comparison: Option<MemoryComparison>,
    /// Nothing stands before what is derived.
    is_into_empty: bool,
}

struct Current {
    run: u64,
    session: Session,
    outbox: Outbox,
}

impl Replay {
    /// Begins at a frame at which a run begins, or goes on.
    pub fn from_sequence(folder: &Path, sequence: u64, ids: SchemaIds) -> Result<Self, CaptureError> {
        Ok(Self {
            folder: folder.to_owned(),
            reader: FrameReader::from_sequence(folder, sequence)?,
            ids,
            current: None,
            comparison: None,
            is_into_empty: false,
        })
    }

    /// What is derived goes into topics that hold nothing: it begins with the instruments' terms where the run only goes on, too.
    pub fn into_empty(mut self) -> Self {
        self.is_into_empty = true;
        self
    }

    /// Holds the session against each memory of it that is met.
    pub fn comparing(mut self) -> Self {
        self.comparison = Some(MemoryComparison::default());
        self
    }

    /// Plays the next frame, and returns its number; none at the end of what is written so far.
    pub fn play(&mut self) -> Result<Option<u64>, CaptureError> {
        let folder = &self.folder;
        let Some(frame) = self.reader.next_frame()? else {
            return Ok(None);
        };
        let sequence = frame.sequence;
        let bad = |reason| CaptureError::BadFrame {
            folder: folder.clone(),
            sequence,
            reason,
        };
        match Logged::read(frame.connection, frame.payload).map_err(bad)? {
            Logged::Beginning { made_of, memory } => {
                let beginning = Beginning::read(made_of).map_err(bad)?;
                if let Some(current) = &self.current
                    && current.run == beginning.run
                {
                    // It goes on, and so does the session.
                    if let Some(comparison) = &mut self.comparison {
                        comparison.compare(sequence, &current.session, memory).map_err(bad)?;
                    }
                    return Ok(Some(sequence));
                }
                let mut begun = Current {
                    run: beginning.run,
                    session: beginning.session_with(memory).map_err(bad)?,
                    outbox: Outbox::new(self.ids.clone(), beginning.dead_letter_partitions),
                };
                if beginning.confirmed_before.is_none() || self.is_into_empty {
                    begun.outbox.begin_frame(sequence);
                    begun.session.start(frame.receive_ns, &mut begun.outbox);
                }
                self.current = Some(begun);
            }
            Logged::Input(input) => {
                let Some(Current { session, outbox, .. }) = &mut self.current else {
                    return Err(CaptureError::NoBeginning {
                        folder: folder.clone(),
                        sequence,
                    });
                };
                outbox.begin_frame(sequence);
                session.take(input, frame.receive_ns, outbox);
            }
        }
        Ok(Some(sequence))
    }

    /// Where the log ends amid a frame, if that is why nothing was played.
    pub fn torn_end(&self) -> Option<TornEnd> {
        self.reader.torn_end()
    }

    /// The run that was played last; none before the first frame.
    pub fn run(&self) -> Option<u64> {
        self.current.as_ref().map(|current| current.run)
    }

    /// Names and venue of the instruments of that run.
    pub fn instruments(&self) -> impl Iterator<Item = (&str, &'static str)> {
        let session = self.current.iter().map(|current| &current.session);
        session.flat_map(|session| {
            let venue = session.dialect().venue();
            let feeds = session.instruments().iter();
            feeds.map(move |feed| (feed.listed().terms.instrument.as_str(), venue))
        })
    }

    /// What became of the memories that were met, if they are held against the session.
    pub fn comparison(&self) -> Option<&MemoryComparison> {
        self.comparison.as_ref()
    }

    /// Its records since they were last cleared; none before the first frame.
    pub fn outbox(&mut self) -> Option<&mut Outbox> {
        self.current.as_mut().map(|current| &mut current.outbox)
    }
}

/// Tells of the beginnings from frame `first` up to `end`, while `each` wants more.
pub(super) fn beginnings(
    folder: &Path,
    first: u64,
    end: u64,
    mut each: impl FnMut(u64, Beginning) -> bool,
) -> Result<(), CaptureError> {
    let mut reader = FrameReader::from_sequence(folder, first)?;
    while reader.next_sequence() < end
        && let Some(frame) = reader.next_frame()?
    {
        let sequence = frame.sequence;
        let bad = |reason| CaptureError::BadFrame {
            folder: folder.to_owned(),
            sequence,
            reason,
        };
        if let Logged::Beginning { made_of, .. } = Logged::read(frame.connection, frame.payload).map_err(bad)?
            && !each(sequence, Beginning::read(made_of).map_err(bad)?)
        {
            return Ok(());
        }
    }
    Ok(())
}
