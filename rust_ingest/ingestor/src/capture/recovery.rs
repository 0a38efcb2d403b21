//! Writes what the run before received and did not write.

use std::path::Path;
use std::time::Duration;

use contracts::SchemaIds;
use tapelog::LogConfig;
use tapelog::frame_tail::read_framed;

use super::error::CaptureError;
use super::replay::{Replay, newest_beginning};
use super::written::Written;
use crate::error::IngestError;
use crate::publisher::Publisher;

/// What is derived before it is sent, in frames.
const FRAMES_AT_ONCE: u64 = 1_000;
/// A broker that is up answers long before.
const FLUSH: Duration = Duration::from_secs(300);

/// What became of the run before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Its frames that were played.
    pub frames: u64,
    /// Records that the topics lacked.
    pub written: u64,
}

/// Plays the newest run in `folder`, writes those of its records that are past what the topics hold, and waits until they
/// are acknowledged. None in an empty log.
///
/// Runs before it are whole: none begins before its predecessor is.
pub fn recover(
    folder: &Path,
    config: &LogConfig,
    ids: &SchemaIds,
    publisher: &mut Publisher,
) -> Result<Option<Recovered>, IngestError> {
    let Some((first, beginning)) = newest_beginning(folder)? else {
        return Ok(None);
    };
    let mut places = Vec::with_capacity(beginning.places.len());
    for place in &beginning.places {
        places.push(place.assignment().ok_or_else(|| CaptureError::BadFrame {
            folder: folder.to_owned(),
            sequence: first,
            reason: format!("topic {} is not known", place.topic),
        })?);
    }
    let mut written = Written::default();
    read_framed(config, &places, |record| {
        if record.origin.run == beginning.run {
            let place = &places[record.place];
            written.add(
                place.topic,
                place.partition,
                record.origin.sequence,
                record.origin.index,
            );
        }
    })?;
    publisher.begin_run(beginning.run, written);
    let mut recovered = Recovered { frames: 0, written: 0 };
    let mut replay = Replay::from_sequence(folder, first, ids.clone())?;
    while replay.play()?.is_some() {
        recovered.frames += 1;
        if recovered.frames % FRAMES_AT_ONCE == 0
            && let Some(outbox) = replay.outbox()
        {
            recovered.written += publisher.send_all(outbox)?;
        }
    }
    if let Some(outbox) = replay.outbox() {
        recovered.written += publisher.send_all(outbox)?;
    }
    publisher.flush(FLUSH)?;
    Ok(Some(recovered))
}
