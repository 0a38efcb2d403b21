//! Outputs of one stage on one source partition, written by the tail rule.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contracts::{Origin, Placement, Topic};
use pyo3::prelude::*;
use tapelog::tail::{self, Question, Tail, Writer};
use tapelog::{Assignment, Start, now_ns};

use crate::batch::Batch;
use crate::errors;
use crate::producer::{Connections, Producer};

/// Topic without prefix, partition, offset behind the last record written, highest origin written (partition, offset,
/// index) or None.
type Place = (String, i32, i64, Option<(i32, i64, i32)>);

/// Where a sink stands in one output partition.
struct Lane {
    topic: &'static Topic,
    partition: i32,
    end: i64,
    highest: Option<Origin>,
}

/// By topic and output partition.
type Lanes = BTreeMap<(&'static str, i32), Lane>;

/// Writes what a stage makes of one source partition, and not again what stands in the log already.
#[pyclass(module = "flows._native", frozen)]
pub struct Sink {
    connections: Arc<Connections>,
    lanes: Mutex<Lanes>,
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
        let asked = Asked::new(stage, partition, &outputs, resume)?;
        let lanes = py.detach(|| lanes(producer, &[asked]))?;
        Ok(Self::on(producer, lanes.into_iter().next().unwrap_or_default()))
    }

    /// Several sinks at once, each as (stage, partition, outputs, resume): one connection reads what all of them wrote.
    ///
    /// As the constructor otherwise.
    #[staticmethod]
    fn open(
        py: Python<'_>,
        producer: &Producer,
        sinks: Vec<(String, i32, Vec<String>, Vec<Place>)>,
    ) -> PyResult<Vec<Self>> {
        let asked = sinks
            .iter()
            .map(|(stage, partition, outputs, resume)| Asked::new(stage, *partition, outputs, resume.clone()))
            .collect::<PyResult<Vec<_>>>()?;
        let lanes = py.detach(|| lanes(producer, &asked))?;
        Ok(lanes.into_iter().map(|lanes| Self::on(producer, lanes)).collect())
    }

    /// Queues the records that are not in the log yet; how many. While the queue is full it waits.
    ///
    /// Raises LogWriteError if any record of this process was lost, NoSuchTopic for a record that is not the stage's to write.
    fn write(&self, py: Python<'_>, batch: &Batch) -> PyResult<usize> {
        py.detach(|| {
            let mut lanes = self.lanes();
            let mut written = 0;
            // An order does not wait behind the decision that explains it. Within a partition the order stays as it is.
            let entries = || batch.records.iter();
            let (urgent, rest) = (
                entries().filter(|entry| entry.topic.order_path),
                entries().filter(|entry| !entry.topic.order_path),
            );
            for entry in urgent.chain(rest) {
                let place = (entry.topic.name, entry.partition);
                let lane = lanes
                    .get_mut(&place)
                    .ok_or_else(|| foreign(entry.topic, entry.partition))?;
                if lane.highest >= Some(entry.origin) {
                    continue;
                }
                self.connections
                    .of(entry.topic)
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
            self.connections
                .flush(Duration::from_millis(timeout_ms))
                .map_err(errors::of)?;
            let mut lanes = self.lanes();
            Ok(lanes
                .values_mut()
                .map(|lane| {
                    // Of all sinks of this process: what this one wrote is before it.
                    lane.end = lane.end.max(
                        self.connections
                            .of(lane.topic)
                            .end(lane.topic, lane.partition)
                            .unwrap_or(0),
                    );
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
        self.connections.check().map_err(errors::of)
    }
}

impl Sink {
    fn on(producer: &Producer, lanes: Lanes) -> Self {
        Self {
            connections: Arc::clone(&producer.connections),
            lanes: Mutex::new(lanes),
        }
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sink to be opened.
struct Asked<'a> {
    writer: Writer<'a>,
    topics: Vec<&'static Topic>,
    resume: Vec<Place>,
}

impl<'a> Asked<'a> {
    fn new(stage: &'a str, partition: i32, outputs: &[String], resume: Vec<Place>) -> PyResult<Self> {
        let topics = outputs
            .iter()
            .map(|name| errors::topic(name))
            .collect::<PyResult<_>>()?;
        let writer = Writer { stage, partition };
        Ok(Self { writer, topics, resume })
    }

    fn saved(&self, topic: &Topic, partition: i32) -> Option<&Place> {
        self.resume
            .iter()
            .find(|place| place.0 == topic.name && place.1 == partition)
    }

    /// Every output partition, from where the saved state ends.
    fn questions(&self, producer: &Producer) -> PyResult<Vec<Question<'a>>> {
        let mut questions = Vec::new();
        for &topic in &self.topics {
            let partitions = match topic.placement {
                Placement::Origin => self.writer.partition..self.writer.partition + 1,
                Placement::Key => 0..producer.partitions(topic)?,
            };
            questions.extend(partitions.map(|partition| {
                let saved = self.saved(topic, partition);
                let start = saved.map_or(Start::Beginning, |place| Start::Offset(place.2));
                Question {
                    place: Assignment {
                        topic,
                        partition,
                        start,
                    },
                    writer: self.writer,
                }
            }));
        }
        Ok(questions)
    }

    fn lanes(&self, answers: impl Iterator<Item = (Assignment, Tail)>) -> Lanes {
        let lanes = answers.map(|(Assignment { topic, partition, .. }, tail)| {
            let known = self.saved(topic, partition).and_then(|place| place.3);
            let known = known.map(|(partition, offset, index)| Origin {
                partition,
                offset,
                index,
            });
            let lane = Lane {
                topic,
                partition,
                end: tail.end,
                highest: known.max(tail.highest),
            };
            ((topic.name, partition), lane)
        });
        lanes.collect()
    }
}

/// Where each of the sinks stands.
fn lanes(producer: &Producer, asked: &[Asked<'_>]) -> PyResult<Vec<Lanes>> {
    let of_each = asked
        .iter()
        .map(|sink| sink.questions(producer))
        .collect::<PyResult<Vec<_>>>()?;
    let questions = of_each.concat();
    let tails = tail::highest_origins(&producer.inspector, &producer.ids, &questions).map_err(errors::of)?;
    let mut answers = questions.iter().map(|question| question.place).zip(tails);
    Ok(asked
        .iter()
        .zip(&of_each)
        .map(|(sink, questions)| sink.lanes(answers.by_ref().take(questions.len())))
        .collect())
}

fn foreign(topic: &Topic, partition: i32) -> PyErr {
    let message = format!(
        "a record for {}[{partition}], which is not this sink's to write",
        topic.name
    );
    errors::raise("NoSuchTopic", message)
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Sink>()
}
