//! Writes what was received and not written: at a start, and when a broker is back that was away.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use contracts::SchemaIds;
use journal::frames::segments;
use tapelog::frame_tail::read_framed;
use tapelog::{Inspector, LogConfig, ReadError, Start};

use super::error::CaptureError;
use super::log_name::LogName;
use super::replay::Replay;
use super::stretch::Stretch;
use super::written::Written;
use crate::error::IngestError;
use crate::publisher::{BROKER_PATIENCE, Publisher};

/// Between two attempts in a broker's outage.
pub(super) const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);
/// What is derived before it is sent, in frames.
const FRAMES_AT_ONCE: u64 = 1_000;

/// What became of the run before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Its frames that were played.
    pub frames: u64,
    /// Records that the topics lacked.
    pub written: u64,
    /// How often an outage of the broker cut it short, and it was begun again.
    pub retries: u64,
}

/// What it takes to derive a run once more, and to know what the topics hold of it.
#[derive(Clone)]
pub struct Recovery {
    folder: PathBuf,
    config: LogConfig,
    ids: SchemaIds,
}

impl Recovery {
    /// Of the frame log in `folder`, to the topics of `config`.
    pub fn new(folder: PathBuf, config: LogConfig, ids: SchemaIds) -> Self {
        Self { folder, config, ids }
    }

    /// The frame log's.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Plays the newest run from where records of it may be lacking, writes those that are past what the topics hold, and waits until
    /// they are acknowledged. None in an empty log, and where that place is not kept.
    ///
    /// Runs before it are whole: none begins before its predecessor is. In an outage of the broker it is tried again until he is back, as
    /// while a run goes on; each time `put_off` is told why.
    pub fn recover(
        &self,
        publisher: &mut Publisher,
        mut put_off: impl FnMut(&IngestError),
    ) -> Result<Option<Recovered>, IngestError> {
        let folder = &self.folder;
        let Some(stretch) = Stretch::newest(folder)? else {
            if let Some(oldest) = segments(folder).map_err(CaptureError::Read)?.first() {
                tracing::warn!(
                    oldest = oldest.first_sequence,
                    "the frames from which on the run before may not have written all of its records are not kept any more: what it lacks \
                     is not derived, and a Gap tells of it. Files were deleted by hand, or by an older version"
                );
            }
            return Ok(None);
        };
        let before = publisher.delivered().acknowledged();
        let mut retries = 0;
        let frames = loop {
            match self.play(&stretch, publisher) {
                Ok(frames) => break frames,
                Err(error) if error.is_outage() => put_off(&error),
                Err(error) => return Err(error),
            }
            retries += 1;
            thread::sleep(BETWEEN_ATTEMPTS);
            publisher.settle()?;
        };
        Ok(Some(Recovered {
            frames,
            written: publisher.delivered().acknowledged() - before,
            retries,
        }))
    }

    /// Plays all of it and sees it acknowledged; how many frames that were.
    fn play(&self, stretch: &Stretch, publisher: &mut Publisher) -> Result<u64, IngestError> {
        let mut playing = self.begin(stretch, publisher)?;
        let mut frames = 0;
        loop {
            match playing.play(u64::MAX, publisher)? {
                0 => break,
                some => frames += some,
            }
        }
        publisher.flush(BROKER_PATIENCE)?;
        Ok(frames)
    }

    /// Reads how far the topics hold the run. A broker that lost what it had acknowledged gets it again: then it is played from further back.
    pub fn begin(&self, stretch: &Stretch, publisher: &mut Publisher) -> Result<Playing, IngestError> {
        self.check_log(stretch)?;
        let mut stretch = stretch.clone();
        let mut is_as_told = true;
        let written = loop {
            if let Some(written) = self.written(&stretch)? {
                break written;
            }
            is_as_told = false;
            tracing::warn!(
                before = stretch.confirmed.before,
                "the topics lack what the broker had acknowledged of the frames before this one: it is written again, as far as it is kept"
            );
            let older = stretch.older(&self.folder)?;
            stretch = older.ok_or_else(|| CaptureError::OtherTopics {
                folder: self.folder.clone(),
                run: stretch.run,
                sequence: stretch.confirmed.before,
            })?;
        };
        if !is_as_told {
            // What the broker told this producer is not so any more.
            publisher.renew()?;
        }
        publisher.begin_run(stretch.run, stretch.confirmed, written);
        Ok(Playing {
            replay: Replay::from_sequence(&self.folder, stretch.first, self.ids.clone())?,
            next_sequence: stretch.first,
        })
    }

    /// None if the topics do not hold all that is confirmed.
    fn written(&self, stretch: &Stretch) -> Result<Option<Written>, IngestError> {
        let mut written = Written::default();
        let mut places = Vec::with_capacity(stretch.confirmed.places.len());
        for place in &stretch.confirmed.places {
            let mut assignment = place.assignment().ok_or_else(|| CaptureError::BadFrame {
                folder: self.folder.clone(),
                sequence: stretch.first,
                reason: format!("topic {} is not known", place.topic),
            })?;
            if place.acknowledged.is_some() {
                // The record that was acknowledged last stands here, or behind.
                assignment.start = Start::Offset(place.from_offset - 1);
            }
            places.push(assignment);
        }
        let read = read_framed(&self.config, &places, |record| {
            if record.origin.run == stretch.run {
                let place = &places[record.place];
                written.add(
                    place.topic,
                    place.partition,
                    record.origin.sequence,
                    record.origin.index,
                );
            }
        });
        match read {
            Err(ReadError::OutOfRange { .. }) => return Ok(None),
            read => read?,
        };
        for (place, assignment) in stretch.confirmed.places.iter().zip(&places) {
            let (topic, partition) = (assignment.topic, assignment.partition);
            if let Some((sequence, index)) = place.acknowledged
                && written.highest(topic.name, partition) < place.acknowledged
            {
                // Retention may have deleted it; then it was there.
                let low = Inspector::new(&self.config)?.watermarks(topic, partition)?.low;
                if low <= (place.from_offset - 1).max(0) {
                    return Ok(None);
                }
                written.add(topic, partition, sequence, index);
            }
        }
        Ok(Some(written))
    }

    /// Fails if the run was written to other topics than those that it would be written to now.
    fn check_log(&self, stretch: &Stretch) -> Result<(), IngestError> {
        let Some(written) = &stretch.log else {
            return Ok(());
        };
        let now = LogName::of(&self.config)?;
        if *written == now {
            return Ok(());
        }
        Err(CaptureError::OtherLog {
            folder: self.folder.clone(),
            run: stretch.run,
            written: Box::new(written.clone()),
            now: Box::new(now),
        }
        .into())
    }
}

/// A run on its way to the topics.
pub struct Playing {
    replay: Replay,
    next_sequence: u64,
}

impl Playing {
    /// Writes what the topics lack of the next frames before `end`, and how many those are: some, or none at the end of what is logged so far.
    pub fn play(&mut self, end: u64, publisher: &mut Publisher) -> Result<u64, IngestError> {
        let mut played = 0;
        while played < FRAMES_AT_ONCE && self.next_sequence < end {
            let Some(sequence) = self.replay.play()? else {
                break;
            };
            self.next_sequence = sequence + 1;
            played += 1;
        }
        if let Some(outbox) = self.replay.outbox() {
            publisher.send_all(outbox)?;
        }
        Ok(played)
    }

    /// The frame to come.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }
}
