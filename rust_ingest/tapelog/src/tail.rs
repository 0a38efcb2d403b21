//! The tail rule: after a crash a producer finds out what it had already written.
//!
//! A producer is a stage on one source partition, and its origins strictly increase within an output partition. So the
//! highest origin behind the last saved end offset says it all: what is not past it is there already.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use contracts::{Origin, Record, SchemaIds, Topic, decode};

use crate::{Assignment, Inspector, LogConfig, ReadError, Reader, Start, Times};

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
        Record::FeatureVector(_) | Record::FeatureViolation(_) => "features",
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

/// What a partition is asked for: what `writer` wrote there from `place.start` on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub place: Assignment,
    pub writer: Writer<'a>,
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
    let tails = highest_origins(&Inspector::new(config)?, ids, &[Question { place, writer }])?;
    Ok(tails.first().and_then(|tail| tail.highest))
}

/// The answers to `questions`, up to the ends that the partitions have now. Waits up to 30 s for the broker.
///
/// All are read over one connection, and a partition once, however many writers it is asked for.
pub fn highest_origins(
    inspector: &Inspector,
    ids: &SchemaIds,
    questions: &[Question<'_>],
) -> Result<Vec<Tail>, ReadError> {
    let mut tails = Vec::with_capacity(questions.len());
    let mut unread: BTreeMap<(&str, i32), Vec<Open<'_>>> = BTreeMap::new();
    let mut held = BTreeMap::new();
    for (index, &Question { place, writer }) in questions.iter().enumerate() {
        let key = (place.topic.name, place.partition);
        let marks = match held.get(&key) {
            Some(marks) => *marks,
            None => inspector.watermarks(place.topic, place.partition)?,
        };
        held.insert(key, marks);
        let from = place.first_offset(inspector.config(), marks)?;
        tails.push(Tail {
            highest: None,
            end: marks.high,
        });
        if from < marks.high {
            unread.entry(key).or_default().push(Open {
                index,
                topic: place.topic,
                from,
                writer,
            });
        }
    }
    // Only now: after a clean stop there is nothing to read, and no reader to connect.
    if !unread.is_empty() {
        read(inspector.config(), ids, &unread, &mut tails)?;
    }
    Ok(tails)
}

/// A question that only reading answers.
struct Open<'a> {
    index: usize,
    topic: &'static Topic,
    from: i64,
    writer: Writer<'a>,
}

fn read(
    config: &LogConfig,
    ids: &SchemaIds,
    unread: &BTreeMap<(&str, i32), Vec<Open<'_>>>,
    tails: &mut [Tail],
) -> Result<(), ReadError> {
    let mut assignments = Vec::with_capacity(unread.len());
    for (&(_, partition), open) in unread {
        let first = open.iter().min_by_key(|question| question.from);
        assignments.extend(first.map(|first| Assignment {
            topic: first.topic,
            partition,
            start: Start::Offset(first.from),
        }));
    }
    let reader = Reader::open(config, &assignments, Times::OfBatches)?;
    for (lane, open) in unread.values().enumerate() {
        for question in open {
            tails[question.index].end = reader.opened(lane).high;
        }
    }
    let mut heard = Instant::now();
    while let Some(lane) = (0..assignments.len()).find(|lane| reader.position(*lane) < reader.opened(*lane).high) {
        let batch = reader.next_of_any(BATCH, WAIT)?;
        for entry in batch.iter() {
            // What cannot be read was not written by a stage.
            let Ok(record) = decode(ids, entry.value) else { continue };
            let Some((writer, origin)) = writer_of(entry.topic, &record) else {
                continue;
            };
            for question in unread.get(&(entry.topic.name, entry.partition)).into_iter().flatten() {
                if question.writer == writer && entry.offset >= question.from {
                    let highest = &mut tails[question.index].highest;
                    *highest = (*highest).max(Some(origin));
                }
            }
        }
        if !batch.is_empty() {
            heard = Instant::now();
        } else if heard.elapsed() > STALLED {
            let Assignment { topic, partition, .. } = assignments[lane];
            let (end, position) = (reader.opened(lane).high, reader.position(lane));
            return Err(ReadError::Unreachable {
                bootstrap: config.bootstrap().to_owned(),
                timeout_s: STALLED.as_secs(),
                reason: format!(
                    "{}[{partition}] ends at {end}, read to {position}",
                    config.name_of(topic)
                ),
            });
        }
    }
    Ok(())
}
