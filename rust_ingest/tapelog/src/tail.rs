//! The tail rule: after a crash a producer finds out what it had already written.
//!
//! A producer is a stage on one source partition, and its origins strictly increase within an output partition. So the
//! highest origin behind the last saved end offset says it all: what is not past it is there already.

use std::time::{Duration, Instant};

use contracts::{Origin, Record, SchemaIds, Topic, decode};

use crate::{LogConfig, PartitionReader, ReadError, Start};

const BATCH: usize = 10_000;
const WAIT: Duration = Duration::from_millis(200);
/// A reader that gets nothing for this long, though there is more, has lost its broker.
const STALLED: Duration = Duration::from_secs(60);

/// Who wrote a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writer<'a> {
    /// `bars`, `features`, `signals`, `risk`.
    pub stage: &'a str,
    /// The source partition.
    pub partition: i32,
}

/// The writer of a record, and the record's origin; `None` for what no stage wrote.
pub fn writer_of<'a>(record: &Record<'a>) -> Option<(Writer<'a>, Origin)> {
    let stage = match record {
        Record::Bar(_) => "bars",
        Record::FeatureVector(_) => "features",
        Record::Signal(_) | Record::Mark(_) => "signals",
        Record::Decision(_) | Record::New(_) | Record::Modify(_) | Record::Cancel(_) => "risk",
        Record::Diff(_) => "shadow",
        Record::DeadLetter(letter) => letter.stage,
        _ => return None,
    };
    let origin = record.origin()?;
    let partition = origin.partition;
    Some((Writer { stage, partition }, origin))
}

/// The highest origin of `writer` in `topic[partition]` from `start` to the end that the partition has now; `None` if it
/// wrote nothing there. Waits up to 30 s for the broker.
pub fn highest_origin(
    config: &LogConfig,
    ids: &SchemaIds,
    topic: &'static Topic,
    partition: i32,
    start: Start,
    writer: Writer<'_>,
) -> Result<Option<Origin>, ReadError> {
    let reader = PartitionReader::open(config, topic, partition, start)?;
    let end = reader.opened().high;
    let mut highest = None;
    let mut heard = Instant::now();
    while reader.position() < end {
        let batch = reader.next_batch(BATCH, WAIT)?;
        for entry in batch.iter() {
            // What is not ours to read was not written by us.
            let Ok(record) = decode(ids, entry.value) else { continue };
            if let Some((found, origin)) = writer_of(&record)
                && found == writer
            {
                highest = highest.max(Some(origin));
            }
        }
        if !batch.is_empty() {
            heard = Instant::now();
        } else if heard.elapsed() > STALLED {
            return Err(ReadError::Unreachable {
                bootstrap: config.bootstrap().to_owned(),
                timeout_s: STALLED.as_secs(),
                reason: format!(
                    "{}[{partition}] ends at {end}, read to {}",
                    config.name_of(topic),
                    reader.position()
                ),
            });
        }
    }
    Ok(highest)
}
