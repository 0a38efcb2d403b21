//! What earlier routers did, from the logs alone: no state of the router's own is kept anywhere.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use contracts::{Entry, Origin, Record, Topic, decode};
use tapelog::tail::{Writer, highest_origin};
use tapelog::{Assignment, Inspector, LogConfig, ReadError, Reader, Start, Times};

use crate::clock::Clock;
use crate::desk::{Age, Desk};
use crate::error::RouterError;
use crate::intake;
use crate::journal::Journal;
use crate::topics;

const BATCH: usize = 10_000;
const WAIT: Duration = Duration::from_millis(200);
/// A reader that gets nothing for this long, though there is more, has lost its broker.
const STALLED: Duration = Duration::from_secs(60);

/// Fills the desk with what is not done, and gives the reader of what comes next.
///
/// Every order that stands in the log now may have been sent by an earlier router; none that is written from now on.
pub(crate) fn recover(
    config: &LogConfig,
    desk: &mut Desk,
    journal: &mut Journal,
    clock: Clock,
) -> Result<Reader, RouterError> {
    let inspector = Inspector::new(config)?;
    let reports = open(config, &inspector, topics::inbox())?;
    to_the_end(config, &reports, topics::inbox(), |entry| {
        // What is not ours to read was not written by us.
        if let Ok(Record::ExecutionReport(report)) = decode(journal.ids(), entry.value) {
            desk.recall(&report);
        }
    })?;
    let orders = open(config, &inspector, topics::orders())?;
    let written = letters(config, &inspector, journal)?;
    to_the_end(config, &orders, topics::orders(), |entry| {
        let last_letter = written.get(&entry.partition);
        let is_new_letter = last_letter.is_none_or(|last| entry.origin > *last);
        intake::take(desk, entry, Age::Recovered, is_new_letter, clock.now(), journal);
    })?;
    match desk.unserved() {
        [] => Ok(orders),
        [first, ..] => Err(RouterError::Unserved {
            count: desk.unserved().len(),
            first: first.clone(),
        }),
    }
}

fn open(config: &LogConfig, inspector: &Inspector, topic: &'static Topic) -> Result<Reader, ReadError> {
    let partitions = inspector.partitions(topic)? as i32;
    let assign = |partition| Assignment {
        topic,
        partition,
        start: Start::Beginning,
    };
    Reader::open(config, &(0..partitions).map(assign).collect::<Vec<_>>(), Times::OfEach)
}

fn to_the_end(
    config: &LogConfig,
    reader: &Reader,
    topic: &Topic,
    mut each: impl FnMut(&Entry<'_>),
) -> Result<(), ReadError> {
    let partitions = Inspector::new(config)?.partitions(topic)?;
    let mut heard = Instant::now();
    loop {
        let left = (0..partitions).map(|index| (reader.opened(index).high - reader.position(index)).max(0));
        let left: i64 = left.sum();
        if left == 0 {
            return Ok(());
        }
        let batch = reader.next_of_any(BATCH, WAIT)?;
        batch.iter().for_each(|entry| each(&entry));
        if !batch.is_empty() {
            heard = Instant::now();
        } else if heard.elapsed() > STALLED {
            return Err(ReadError::Unreachable {
                bootstrap: config.bootstrap().to_owned(),
                timeout_s: STALLED.as_secs(),
                reason: format!("{left} records of {} are still to be read", config.name_of(topic)),
            });
        }
    }
}

/// The last record of each partition of `execution.orders` that has a dead letter of the router's.
fn letters(config: &LogConfig, inspector: &Inspector, journal: &Journal) -> Result<HashMap<i32, Origin>, ReadError> {
    let mut last = HashMap::new();
    for source in 0..inspector.partitions(topics::orders())? as i32 {
        let writer = Writer {
            stage: "router",
            partition: source,
        };
        for partition in 0..inspector.partitions(topics::dead_letters())? as i32 {
            let topic = topics::dead_letters();
            let found = highest_origin(config, journal.ids(), topic, partition, Start::Beginning, writer)?;
            if let Some(found) = found {
                let highest = last.entry(source).or_insert(found);
                *highest = found.max(*highest);
            }
        }
    }
    Ok(last)
}
