//! The audit's dead letters: one for every record that could not be landed, however often the audit is started.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use contracts::{DeadLetter, Record, SchemaIds, Topic, decode, encode, letter_of, partition_of};
use pyo3::prelude::*;
use tapelog::{LogConfig, PartitionReader, Producer, ReadError, Start, now_ns};

use crate::errors;
use crate::identity;
use crate::landing::{Refused, Rows};

const STAGE: &str = "audit";
const TOPIC: &str = "ops.dead_letters";
const BATCH: usize = 10_000;
const WAIT: Duration = Duration::from_millis(200);
const ACKNOWLEDGE: Duration = Duration::from_secs(300);

/// Writes dead letters, and not again what stands in the log already.
///
/// The letters about one partition are written in the order of its offsets, so the highest offset among them says which are
/// there. The log is asked for it before every write: only an audit that writes at the very same moment is not seen.
#[pyclass(module = "flows._native", frozen)]
pub struct AuditLetters {
    config: LogConfig,
    ids: SchemaIds,
    topic: &'static Topic,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    producer: Option<Producer>,
    /// Offsets below were read, by partition of ops.dead_letters.
    read_to: HashMap<i32, i64>,
    /// Highest offset that has a letter, by topic and partition.
    written: HashMap<(String, i32), i64>,
}

#[pymethods]
impl AuditLetters {
    /// Raises LogConfigError.
    #[new]
    fn new(bootstrap: &str, prefix: &str, ids: &identity::SchemaIds) -> PyResult<Self> {
        Ok(Self {
            config: LogConfig::from_env(bootstrap, prefix).map_err(errors::of)?,
            ids: ids.ids.clone(),
            topic: errors::topic(TOPIC)?,
            state: Mutex::default(),
        })
    }

    /// Writes the letters owed for `rows`, and returns when the broker has them. How many were not there yet.
    /// Raises LogReadError, LogWriteError.
    fn write(&self, py: Python<'_>, rows: &Rows) -> PyResult<usize> {
        py.detach(|| self.write_all(&rows.refused))
    }
}

impl AuditLetters {
    fn write_all(&self, refused: &[Refused]) -> PyResult<usize> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = 0;
        for letter in refused {
            let partition = partition_of(letter.topic.name.as_bytes(), self.topic.partitions);
            if count == 0 {
                self.catch_up(&mut state, partition).map_err(errors::of)?;
            }
            let place = (letter.topic.name.to_owned(), letter.partition);
            if state
                .written
                .get(&place)
                .is_some_and(|highest| *highest >= letter.offset)
            {
                continue;
            }
            if state.producer.is_none() {
                state.producer = Some(Producer::new(&self.config).map_err(errors::of)?);
            }
            if let Some(producer) = &state.producer {
                let key = letter.topic.name.as_bytes();
                producer
                    .send(self.topic, partition, key, &self.message(letter), Some(now_ns()))
                    .map_err(errors::of)?;
            }
            state.written.insert(place, letter.offset);
            count += 1;
        }
        if let Some(producer) = &state.producer {
            producer.flush(ACKNOWLEDGE).map_err(errors::of)?;
        }
        Ok(count)
    }

    fn message(&self, refused: &Refused) -> Vec<u8> {
        let detail = format!("{}{}", Place::of(refused), refused.reason);
        let (value, detail) = letter_of(&refused.value, &detail);
        let letter = DeadLetter {
            origin: refused.origin,
            stage: STAGE,
            source: refused.topic.name,
            reason: refused.reason.word(),
            detail: &detail,
            value,
            receive_ns: None,
        };
        let mut message = Vec::new();
        encode(&self.ids, &Record::DeadLetter(letter), &mut message);
        message
    }

    /// Reads the letters that were added since the last call.
    fn catch_up(&self, state: &mut State, partition: i32) -> Result<(), ReadError> {
        let start = state
            .read_to
            .get(&partition)
            .map_or(Start::Beginning, |to| Start::Offset(*to));
        let reader = PartitionReader::open(&self.config, self.topic, partition, start)?;
        let mut heard = Instant::now();
        while reader.position() < reader.opened().high {
            let batch = reader.next_batch(BATCH, WAIT)?;
            for entry in batch.iter() {
                heard = Instant::now();
                let Ok(Record::DeadLetter(letter)) = decode(&self.ids, entry.value) else {
                    continue;
                };
                if let Some(place) = Place::parse(letter.detail)
                    && letter.stage == STAGE
                {
                    let highest = state
                        .written
                        .entry((letter.source.to_owned(), place.partition))
                        .or_default();
                    *highest = (*highest).max(place.offset);
                }
            }
            if heard.elapsed() > ACKNOWLEDGE {
                return Err(ReadError::Unreachable {
                    bootstrap: self.config.bootstrap().to_owned(),
                    timeout_s: ACKNOWLEDGE.as_secs(),
                    reason: format!("{TOPIC}[{partition}] could not be read to its end"),
                });
            }
        }
        state.read_to.insert(partition, reader.position());
        Ok(())
    }
}

/// How a letter's detail begins: the record's own position, which its origin is not where the record is derived.
struct Place {
    partition: i32,
    offset: i64,
}

impl Place {
    fn of(refused: &Refused) -> Self {
        Self {
            partition: refused.partition,
            offset: refused.offset,
        }
    }

    fn parse(detail: &str) -> Option<Self> {
        let (partition, rest) = detail.strip_prefix("partition ")?.split_once(", offset ")?;
        let (offset, _) = rest.split_once(": ")?;
        Some(Self {
            partition: partition.parse().ok()?,
            offset: offset.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "partition {}, offset {}: ", self.partition, self.offset)
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<AuditLetters>()
}
