//! Outputs of one stage on one source partition, written by the tail rule.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contracts::{Origin, Placement, SchemaIds, Topic};
use pyo3::prelude::*;
use tapelog::tail::{self, Writer};
use tapelog::{Assignment, Inspector, LogConfig, Producer as Log, Start, now_ns};

use crate::batch::Batch;
use crate::errors;

/// Topic without prefix, partition, offset behind the last record written, highest origin written (partition, offset,
/// index) or None.
type Place = (String, i32, i64, Option<(i32, i64, i32)>);

/// One connection for all sinks of a process.
#[pyclass(module = "flows._native", frozen)]
pub struct Producer {
    log: Arc<Log>,
    ids: SchemaIds,
    inspector: Inspector,
}

#[pymethods]
impl Producer {
    /// Raises LogConfigError, RegistryError.
    #[new]
    #[pyo3(signature = (bootstrap, prefix, linger_us=0))]
    fn new(py: Python<'_>, bootstrap: &str, prefix: &str, linger_us: u32) -> PyResult<Self> {
        let config = LogConfig::from_env(bootstrap, prefix).map_err(errors::of)?;
        let config = config.with_linger_us(linger_us);
        Ok(Self {
            log: Arc::new(Log::new(&config).map_err(errors::of)?),
            ids: py.detach(tapelog::registry::schema_ids).map_err(errors::of)?,
            inspector: Inspector::new(&config).map_err(errors::of)?,
        })
    }

    /// Records sent and not yet acknowledged.
    fn unacknowledged(&self) -> u64 {
        self.log.unacknowledged()
    }
}

impl Producer {
    fn partitions(&self, topic: &Topic) -> PyResult<i32> {
        let count = self.inspector.partitions(topic).map_err(errors::of)?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// Where a sink stands in one output partition.
struct Lane {
    topic: &'static Topic,
    partition: i32,
    end: i64,
    highest: Option<Origin>,
}

/// Writes what a stage makes of one source partition, and not again what stands in the log already.
#[pyclass(module = "flows._native", frozen)]
pub struct Sink {
    log: Arc<Log>,
    lanes: Mutex<BTreeMap<(&'static str, i32), Lane>>,
}

#[pymethods]
impl Sink {
    /// `outputs`: the topics that the stage may write. `resume`: what `flush` gave in the epoch that is resumed from.
    ///
    /// Reads every output partition from there to its end. Raises LogReadError.
    #[new]
    fn new(
        py: Python<'_>,
        producer: &Producer,
        stage: &str,
        partition: i32,
        outputs: Vec<String>,
        resume: Vec<Place>,
    ) -> PyResult<Self> {
        let topics: Vec<_> = outputs
            .iter()
            .map(|name| errors::topic(name))
            .collect::<PyResult<_>>()?;
        let lanes = py.detach(|| lanes(producer, Writer { stage, partition }, &topics, &resume))?;
        Ok(Self {
            log: Arc::clone(&producer.log),
            lanes: Mutex::new(lanes),
        })
    }

    /// Queues the records that are not in the log yet; how many. While the queue is full it waits.
    ///
    /// Raises LogWriteError if any record of this process was lost, NoSuchTopic for a record that is not the stage's to write.
    fn write(&self, py: Python<'_>, batch: &Batch) -> PyResult<usize> {
        py.detach(|| {
            let mut lanes = self.lanes();
            let mut written = 0;
            for entry in batch.records.iter() {
                let place = (entry.topic.name, entry.partition);
                let lane = lanes
                    .get_mut(&place)
                    .ok_or_else(|| foreign(entry.topic, entry.partition))?;
                if lane.highest >= Some(entry.origin) {
                    continue;
                }
                self.log
                    .send(entry.topic, entry.partition, entry.key, entry.value, Some(now_ns()))
                    .map_err(errors::of)?;
                lane.highest = Some(entry.origin);
                written += 1;
            }
            Ok(written)
        })
    }

    /// Waits until everything is acknowledged; where the sink stands then, to be saved with the epoch.
    ///
    /// Raises LogWriteError if any record of this process was lost, or after `timeout_ms`.
    fn flush(&self, py: Python<'_>, timeout_ms: u64) -> PyResult<Vec<Place>> {
        py.detach(|| {
            self.log.flush(Duration::from_millis(timeout_ms)).map_err(errors::of)?;
            let mut lanes = self.lanes();
            Ok(lanes
                .values_mut()
                .map(|lane| {
                    // Of all sinks of this process: what this one wrote is before it.
                    lane.end = lane.end.max(self.log.end(lane.topic, lane.partition).unwrap_or(0));
                    let highest = lane
                        .highest
                        .map(|origin| (origin.partition, origin.offset, origin.index));
                    (lane.topic.name.to_owned(), lane.partition, lane.end, highest)
                })
                .collect())
        })
    }

    /// Raises LogWriteError if any record of this process was lost.
    fn check(&self) -> PyResult<()> {
        self.log.check().map_err(errors::of)
    }
}

impl Sink {
    fn lanes(&self) -> MutexGuard<'_, BTreeMap<(&'static str, i32), Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lanes(
    producer: &Producer,
    writer: Writer<'_>,
    topics: &[&'static Topic],
    resume: &[Place],
) -> PyResult<BTreeMap<(&'static str, i32), Lane>> {
    let saved = |topic: &Topic, partition| {
        resume
            .iter()
            .find(|place| place.0 == topic.name && place.1 == partition)
    };
    let mut places = Vec::new();
    for &topic in topics {
        let partitions = match topic.placement {
            Placement::Origin => writer.partition..writer.partition + 1,
            Placement::Key => 0..producer.partitions(topic)?,
        };
        places.extend(partitions.map(|partition| Assignment {
            topic,
            partition,
            start: saved(topic, partition).map_or(Start::Beginning, |place| Start::Offset(place.2)),
        }));
    }
    let tails = tail::highest_origins(&producer.inspector, &producer.ids, &places, writer).map_err(errors::of)?;
    let lanes = places
        .iter()
        .zip(tails)
        .map(|(Assignment { topic, partition, .. }, tail)| {
            let known = saved(topic, *partition).and_then(|place| place.3);
            let known = known.map(|(partition, offset, index)| Origin {
                partition,
                offset,
                index,
            });
            let lane = Lane {
                topic,
                partition: *partition,
                end: tail.end,
                highest: known.max(tail.highest),
            };
            ((topic.name, *partition), lane)
        });
    Ok(lanes.collect())
}

fn foreign(topic: &Topic, partition: i32) -> PyErr {
    let message = format!(
        "a record for {}[{partition}], which is not this sink's to write",
        topic.name
    );
    errors::raise("NoSuchTopic", message)
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Producer>()?;
    module.add_class::<Sink>()
}
