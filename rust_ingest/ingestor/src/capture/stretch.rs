//! From where a run is played.

use std::path::Path;

use journal::frames::segments;

use super::beginning::Beginning;
use super::confirmed::Confirmed;
use super::error::CaptureError;
use super::log_name::LogName;
use super::replay::beginnings;

/// A run from one of its beginnings on, and how far its records were acknowledged: none of the frames before is lacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub run: u64,
    /// The frame with which the run began; none where an older version wrote it.
    pub began: Option<u64>,
    /// The frame at which the run begins, or goes on.
    pub first: u64,
    pub confirmed: Confirmed,
    /// The log that the run was written to; none where an older version wrote it.
    pub log: Option<LogName>,
    /// Beginnings of the run before this frame tell of earlier moments.
    pub told_at: u64,
}

impl Stretch {
    /// Of the newest run: from the newest beginning before which nothing is lacked. None if that is not kept, and in an empty log.
    pub fn newest(folder: &Path) -> Result<Option<Self>, CaptureError> {
        newest_beginning(folder)?.map_or(Ok(None), |(sequence, newest)| Self::told(folder, sequence, newest))
    }

    /// Of the same run, as the beginning before tells: from further back, and with less confirmed. None if there is none.
    pub fn older(&self, folder: &Path) -> Result<Option<Self>, CaptureError> {
        let before = self.told_at.checked_sub(1);
        let told = before.map_or(Ok(None), |before| newest_before(folder, self.run, self.began, before))?;
        told.map_or(Ok(None), |(sequence, beginning)| {
            Self::told(folder, sequence, beginning)
        })
    }

    fn told(folder: &Path, sequence: u64, beginning: Beginning) -> Result<Option<Self>, CaptureError> {
        let Beginning { run, places, log, .. } = beginning;
        let before = beginning.confirmed_before.unwrap_or(sequence);
        let is_first = beginning.confirmed_before.is_none();
        let began = if is_first { Some(sequence) } else { beginning.began };
        let first = if before >= sequence {
            Some(sequence)
        } else {
            newest_before(folder, run, began, before)?.map(|(first, _)| first)
        };
        Ok(first.map(|first| Self {
            run,
            began,
            first,
            confirmed: Confirmed { before, places },
            log,
            told_at: sequence,
        }))
    }
}

/// The newest beginning, and its number; none if no segment has one.
pub fn newest_beginning(folder: &Path) -> Result<Option<(u64, Beginning)>, CaptureError> {
    let mut end = u64::MAX;
    for file in segments(folder)?.iter().rev() {
        let mut found = None;
        beginnings(folder, file.first_sequence, end, |sequence, beginning| {
            found = Some((sequence, beginning));
            true
        })?;
        if found.is_some() {
            return Ok(found);
        }
        end = file.first_sequence;
    }
    Ok(None)
}

/// The newest beginning of `run` that is not behind `before`, and its number. Where it is known with which frame the run `began`, only
/// frames are read at which it may be.
fn newest_before(
    folder: &Path,
    run: u64,
    began: Option<u64>,
    before: u64,
) -> Result<Option<(u64, Beginning)>, CaptureError> {
    let mut end = before.saturating_add(1);
    for file in segments(folder)?
        .iter()
        .rev()
        .filter(|file| file.first_sequence <= before)
    {
        let mut found = None;
        // A run goes on at the first frame of a segment, if it does at all; where it begins is anywhere.
        let (from, to) = match began {
            Some(began) if began >= file.first_sequence => (began, began.saturating_add(1).min(end)),
            Some(_) => (file.first_sequence, file.first_sequence.saturating_add(1)),
            None => (file.first_sequence, end),
        };
        beginnings(folder, from, to, |sequence, beginning| {
            if beginning.run == run {
                found = Some((sequence, beginning));
            }
            found.is_none()
        })?;
        if found.is_some() {
            return Ok(found);
        }
        if began.is_some_and(|began| began >= file.first_sequence) {
            break;
        }
        end = file.first_sequence;
    }
    Ok(None)
}

/// The number of the oldest beginning that is kept.
pub fn first_beginning(folder: &Path) -> Result<u64, CaptureError> {
    let mut found = None;
    if let Some(oldest) = segments(folder)?.first() {
        beginnings(folder, oldest.first_sequence, u64::MAX, |sequence, _| {
            found = Some(sequence);
            false
        })?;
    }
    found.ok_or_else(|| CaptureError::NoRun {
        folder: folder.to_owned(),
    })
}
