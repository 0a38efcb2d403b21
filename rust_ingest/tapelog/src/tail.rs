//! The tail rule: after a crash a producer finds out what it had already written.
//!
//! A producer is a stage on one source partition, and its origins strictly increase within an output partition. So the
//! highest origin behind the last saved end offset says it all: what is not past it is there already.

use std::time::{Duration, Instant};

use contracts::{Origin, Record, SchemaIds, Topic, decode};

use crate::{Assignment, Inspector, LogConfig, ReadError, Reader, Start};

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

/// The writer of a record of `topic`, and the record's origin; `None` for what no stage wrote.
pub fn writer_of<'a>(topic: &Topic, record: &Record<'a>) -> Option<(Writer<'a>, Origin)> {
    let stage = match record {
        Record::Bar(_) => "bars",
        Record::FeatureVector(_) => "features",
        Record::Signal(_) | Record::Mark(_) => "signals",
        Record::Decision(_) | Record::New(_) | Record::Modify(_) | Record::Cancel(_) => "risk",
        Record::Diff(_) => "shadow",
        Record::DeadLetter(letter) => letter.stage,
        // Passed on: by the stage whose topic it is.
        Record::Rollout(_) => match topic.name {
            "market.bars" => "bars",
            "market.features" => "features",
            _ => return None,
        },
        _ => return None,
    };
    let origin = record.origin()?;
    let partition = origin.partition;
    Some((Writer { stage, partition }, origin))
}

/// What a partition holds of one writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    /// `None` if the writer wrote nothing behind the start.
    pub highest: Option<Origin>,
    /// Offset up to which was read: the partition's end when it was opened.
    pub end: i64,
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
    let place = Assignment {
        topic,
        partition,
        start,
    };
    let tails = highest_origins(&Inspector::new(config)?, ids, &[place], writer)?;
    Ok(tails.first().and_then(|tail| tail.highest))
}

/// The tail of each of `places`, from its start to the end that the partition has now. Waits up to 30 s for the broker.
pub fn highest_origins(
    inspector: &Inspector,
    ids: &SchemaIds,
    places: &[Assignment],
    writer: Writer<'_>,
) -> Result<Vec<Tail>, ReadError> {
    let mut tails = Vec::with_capacity(places.len());
    let mut unread = Vec::new();
    for (index, place) in places.iter().enumerate() {
        let marks = inspector.watermarks(place.topic, place.partition)?;
        tails.push(Tail {
            highest: None,
            end: marks.high,
        });
        let nothing = marks.low == marks.high && place.start == Start::Beginning;
        if !nothing && place.start != Start::Offset(marks.high) {
            unread.push(index);
        }
    }
    if !unread.is_empty() {
        // Only now: after a clean stop there is nothing to read, and no reader to connect.
        let assignments: Vec<_> = unread.iter().map(|index| places[*index]).collect();
        let reader = Reader::open(inspector.config(), &assignments)?;
        for (lane, index) in unread.into_iter().enumerate() {
            tails[index] = read(&reader, lane, ids, writer, inspector.config())?;
        }
    }
    Ok(tails)
}

fn read(
    reader: &Reader,
    lane: usize,
    ids: &SchemaIds,
    writer: Writer<'_>,
    config: &LogConfig,
) -> Result<Tail, ReadError> {
    let end = reader.opened(lane).high;
    let mut highest = None;
    let mut heard = Instant::now();
    while reader.position(lane) < end {
        let batch = reader.next_batch(lane, BATCH, WAIT)?;
        for entry in batch.iter() {
            // What cannot be read was not written by a stage.
            let Ok(record) = decode(ids, entry.value) else { continue };
            if let Some((found, origin)) = writer_of(entry.topic, &record)
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
                reason: format!("a partition ends at {end}, read to {}", reader.position(lane)),
            });
        }
    }
    Ok(Tail { highest, end })
}
