//! What stages have written of one source partition, in step with its records: one side of a comparison.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use contracts::{Batch as Records, Entry, Origin, Topic, decode};
use pyo3::prelude::*;
use tapelog::tail::writer_of;
use tapelog::{Assignment, LogConfig, Reader, Start, Times};

use crate::batch::Batch;
use crate::errors;
use crate::identity::SchemaIds;

const BATCH: usize = 10_000;
const WAIT: Duration = Duration::from_millis(100);
/// A reader that gets nothing for this long, though there is more, has lost its broker.
const STALLED: Duration = Duration::from_secs(60);

/// The outputs of some stages on one source partition, as they stand in the log.
#[pyclass(module = "flows._native", frozen)]
pub struct WrittenReader {
    reader: Reader,
    ids: contracts::SchemaIds,
    partition: i32,
    lanes: Mutex<Vec<Lane>>,
}

/// An output partition.
struct Lane {
    topic: &'static Topic,
    partition: i32,
    /// Offset up to which it is known to hold records.
    end: i64,
    /// Of each stage that writes here: origins increase within each, not between them.
    queues: Vec<Queue>,
}

struct Queue {
    stage: String,
    highest: Option<Origin>,
    /// Read, and caused by records that were not asked for yet.
    ahead: VecDeque<Found>,
}

struct Found {
    origin: Origin,
    offset: i64,
    key: Vec<u8>,
    value: Vec<u8>,
}

#[pymethods]
impl WrittenReader {
    /// `places`: output topics without prefix, a partition of each, and the stages that write there, in the order in which
    /// `take` gives them. Raises LogConfigError, LogReadError.
    #[new]
    fn new(
        py: Python<'_>,
        bootstrap: &str,
        prefix: &str,
        partition: i32,
        places: Vec<(String, i32, Vec<String>)>,
        ids: &SchemaIds,
    ) -> PyResult<Self> {
        let config = LogConfig::from_env(bootstrap, prefix).map_err(errors::of)?;
        let mut lanes = Vec::with_capacity(places.len());
        for (topic, partition, stages) in places {
            lanes.push(Lane {
                topic: errors::topic(&topic)?,
                partition,
                end: 0,
                queues: stages.into_iter().map(Queue::new).collect(),
            });
        }
        lanes.sort_by_key(|lane| (lane.topic.index(), lane.partition));
        let assignments: Vec<_> = lanes
            .iter()
            .map(|lane| Assignment {
                topic: lane.topic,
                partition: lane.partition,
                start: Start::Beginning,
            })
            .collect();
        let reader = py
            .detach(|| Reader::open(&config, &assignments, Times::OfEach))
            .map_err(errors::of)?;
        for (index, lane) in lanes.iter_mut().enumerate() {
            lane.end = reader.opened(index).high;
        }
        Ok(Self {
            lanes: Mutex::new(lanes),
            ids: ids.ids.clone(),
            reader,
            partition,
        })
    }

    /// The records caused by offsets before `end` that were not taken before, arranged by topic and partition; repeats of
    /// a restarted producer left out. With `look_again` also what was written since it was opened. Raises LogReadError.
    fn take(&self, py: Python<'_>, end: i64, look_again: bool) -> PyResult<Batch> {
        py.detach(|| {
            let mut lanes = self.lanes();
            let mut records = Records::default();
            for index in 0..lanes.len() {
                self.read(&mut lanes, index, end, look_again)?;
                lanes[index].give(end, &mut records);
            }
            Ok(Batch { records })
        })
    }
}

impl WrittenReader {
    /// Until the lane has a record caused by `end` or later, or there is no more.
    fn read(&self, lanes: &mut [Lane], index: usize, end: i64, look_again: bool) -> PyResult<()> {
        let mut heard = Instant::now();
        while !lanes[index].reaches(end) {
            let lane = &mut lanes[index];
            if self.reader.position(index) >= lane.end {
                let grown = match look_again {
                    true => self.reader.watermarks(index).map_err(errors::of)?.high,
                    false => lane.end,
                };
                if grown == lane.end {
                    return Ok(());
                }
                lane.end = grown;
            }
            let batch = self.reader.next_batch(index, BATCH, WAIT).map_err(errors::of)?;
            if !batch.is_empty() {
                heard = Instant::now();
            } else if heard.elapsed() > STALLED {
                let place = format!("{}[{}]", lane.topic.name, lane.partition);
                let position = self.reader.position(index);
                let message = format!(
                    "{place} ends at {}, but nothing came behind {position} for {} s: is the broker up? See `tapeflow status`",
                    lane.end,
                    STALLED.as_secs()
                );
                return Err(errors::raise("LogReadError", message));
            }
            batch.iter().for_each(|entry| self.keep(lane, &entry));
        }
        Ok(())
    }

    fn keep(&self, lane: &mut Lane, entry: &Entry<'_>) {
        // What cannot be read was not written by a stage.
        let Ok(record) = decode(&self.ids, entry.value) else {
            return;
        };
        let Some((writer, origin)) = writer_of(entry.topic, &record) else {
            return;
        };
        if writer.partition != self.partition {
            return;
        }
        if let Some(queue) = lane.queues.iter_mut().find(|queue| queue.stage == writer.stage)
            && queue.highest < Some(origin)
        {
            queue.highest = Some(origin);
            queue.ahead.push_back(Found {
                origin,
                offset: entry.offset,
                key: entry.key.to_vec(),
                value: entry.value.to_vec(),
            });
        }
    }

    fn lanes(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    /// Whether everything caused by offsets before `end` has been read.
    fn reaches(&self, end: i64) -> bool {
        let reaches = |queue: &Queue| queue.highest.is_some_and(|highest| highest.offset >= end);
        self.queues.iter().all(reaches)
    }

    fn give(&mut self, end: i64, records: &mut Records) {
        for queue in &mut self.queues {
            let count = queue.ahead.partition_point(|found| found.origin.offset < end);
            for found in queue.ahead.drain(..count) {
                records.push(Entry {
                    topic: self.topic,
                    partition: self.partition,
                    offset: found.offset,
                    timestamp_ms: -1,
                    produced_ns: None,
                    origin: found.origin,
                    key: &found.key,
                    value: &found.value,
                });
            }
        }
    }
}

impl Queue {
    fn new(stage: String) -> Self {
        Self {
            stage,
            highest: None,
            ahead: VecDeque::new(),
        }
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<WrittenReader>()
}
