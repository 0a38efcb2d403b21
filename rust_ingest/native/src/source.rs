//! Partitions of a topic as Bytewax reads them: in turn, from one thread.

use std::collections::HashMap;
use std::time::Duration;

use contracts::Batch as Records;
use pyo3::prelude::*;
use tapelog::{Assignment, Inspector, LogConfig, Reader, Start, Times};

use crate::batch::Batch;
use crate::errors;

/// Partitions that share one connection.
#[pyclass(module = "flows._native", frozen)]
pub struct Source {
    reader: Reader,
    /// Exclusive end of each partition that is read to an end.
    ends: Vec<Option<i64>>,
}

#[pymethods]
impl Source {
    /// `positions`: partition, the offset to begin at or None for the oldest record there is, and the offset to end before
    /// or None for no end.
    ///
    /// With `until_end` reading ends where the partitions end now, if not before. With `timed` each record says when it was
    /// written, else the first of each batch alone. Raises LogConfigError, LogReadError.
    #[new]
    fn new(
        py: Python<'_>,
        bootstrap: &str,
        prefix: &str,
        topic: &str,
        positions: Vec<(i32, Option<i64>, Option<i64>)>,
        until_end: bool,
        timed: bool,
    ) -> PyResult<Self> {
        let config = LogConfig::from_env(bootstrap, prefix).map_err(errors::of)?;
        let topic = errors::topic(topic)?;
        let assignments: Vec<_> = positions
            .iter()
            .map(|(partition, offset, _)| Assignment {
                topic,
                partition: *partition,
                start: offset.map_or(Start::Beginning, Start::Offset),
            })
            .collect();
        let times = if timed { Times::OfEach } else { Times::OfBatches };
        let reader = py
            .detach(|| Reader::open(&config, &assignments, times))
            .map_err(errors::of)?;
        let ends = positions.iter().enumerate().map(|(index, (_, _, end))| {
            let now = until_end.then(|| reader.opened(index).high);
            [*end, now].into_iter().flatten().min()
        });
        Ok(Self {
            ends: ends.collect(),
            reader,
        })
    }

    /// Records of the partition at `index` of `positions`; an empty batch if there is none, None at the end.
    ///
    /// Waits up to `timeout_ms` for a record of any partition. Raises LogReadError.
    fn next_batch(&self, py: Python<'_>, index: usize, max_records: usize, timeout_ms: u64) -> PyResult<Option<Batch>> {
        let end = self.ends[index];
        if end.is_some_and(|end| self.reader.position(index) >= end) {
            return Ok(None);
        }
        let timeout = Duration::from_millis(timeout_ms);
        let records = py
            .detach(|| self.reader.next_batch(index, max_records, timeout))
            .map_err(errors::of)?;
        Ok(Some(Batch {
            records: cut(records, end),
        }))
    }

    /// Offset behind the last record handed out of the partition at `index`.
    fn position(&self, index: usize) -> i64 {
        self.reader.position(index)
    }

    /// Offset behind the last record that the log now has of the partition at `index`. Raises LogReadError.
    fn end(&self, py: Python<'_>, index: usize) -> PyResult<i64> {
        let marks = py.detach(|| self.reader.watermarks(index)).map_err(errors::of)?;
        Ok(marks.high)
    }
}

/// The records before `end`.
fn cut(records: Records, end: Option<i64>) -> Records {
    match end {
        Some(end) if records.iter().last().is_some_and(|last| last.offset >= end) => {
            let mut kept = Records::default();
            for entry in records.iter().filter(|entry| entry.offset < end) {
                kept.push(entry);
            }
            kept
        }
        _ => records,
    }
}

/// How many partitions each of the topics has, by name without prefix. Raises LogConfigError, LogReadError, NoSuchTopic.
#[pyfunction]
fn partition_counts(
    py: Python<'_>,
    bootstrap: &str,
    prefix: &str,
    topics: Vec<String>,
) -> PyResult<HashMap<String, usize>> {
    let config = LogConfig::from_env(bootstrap, prefix).map_err(errors::of)?;
    py.detach(|| {
        let inspector = Inspector::new(&config).map_err(errors::of)?;
        let counted = topics.into_iter().map(|name| {
            let count = inspector.partitions(errors::topic(&name)?).map_err(errors::of)?;
            Ok((name, count))
        });
        counted.collect()
    })
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(partition_counts, module)?)?;
    module.add_class::<Source>()
}
