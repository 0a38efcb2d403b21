//! The log, any partitions of any topics, as rows of the landing tables: for the audit flow and for `tapeflow verify`.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use contracts::landing::{LandingError, RowMeta};
use contracts::{Columns, Entry, FrameError, Origin, Table, Topic, decode, write_opaque_row, write_row};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tapelog::{Assignment, Inspector, LogConfig, Reader, Start, Times};

use crate::batch::Batch;
use crate::errors;
use crate::identity::SchemaIds;

/// Partitions of any topics, over one connection.
#[pyclass(module = "flows._native", frozen)]
pub struct LandingReader {
    reader: Reader,
}

#[pymethods]
impl LandingReader {
    /// `positions`: topic without prefix, partition, offset to begin at; the log's own beginning where it starts later.
    /// Raises LogConfigError, LogReadError.
    #[new]
    fn new(py: Python<'_>, bootstrap: &str, prefix: &str, positions: Vec<(String, i32, i64)>) -> PyResult<Self> {
        let config = LogConfig::from_env(bootstrap, prefix).map_err(errors::of)?;
        py.detach(|| {
            let inspector = Inspector::new(&config).map_err(errors::of)?;
            let mut assignments = Vec::with_capacity(positions.len());
            for (name, partition, offset) in &positions {
                let topic = errors::topic(name)?;
                let low = inspector.watermarks(topic, *partition).map_err(errors::of)?.low;
                assignments.push(Assignment {
                    topic,
                    partition: *partition,
                    start: Start::Offset(low.max(*offset)),
                });
            }
            let reader = Reader::open(&config, &assignments, Times::OfEach).map_err(errors::of)?;
            Ok(Self { reader })
        })
    }

    /// First offset and end of the partition at `index` of the positions, when it was opened.
    fn opened(&self, index: usize) -> (i64, i64) {
        let marks = self.reader.opened(index);
        (marks.low, marks.high)
    }

    /// Records of one partition that has some, at most `max_records`; None if there are none within `timeout_ms`.
    /// Raises LogReadError.
    fn next(&self, py: Python<'_>, max_records: usize, timeout_ms: u64) -> PyResult<Option<Batch>> {
        let timeout = Duration::from_millis(timeout_ms);
        let records = py
            .detach(|| self.reader.next_of_any(max_records, timeout))
            .map_err(errors::of)?;
        Ok((!records.is_empty()).then_some(Batch { records }))
    }
}

/// Rows of one landing table, in one of ClickHouse's formats.
#[pyclass(module = "flows._native", frozen)]
pub struct Rows {
    data: Py<PyBytes>,
    count: usize,
    pub(crate) refused: Vec<Refused>,
}

/// A record that has an opaque row instead of one of its own.
pub struct Refused {
    pub topic: &'static Topic,
    pub partition: i32,
    pub offset: i64,
    /// The sequenced record behind it, if that is known.
    pub origin: Option<Origin>,
    pub reason: Unlandable,
    pub value: Vec<u8>,
}

#[pymethods]
impl Rows {
    #[getter]
    fn data(&self, py: Python<'_>) -> Py<PyBytes> {
        self.data.clone_ref(py)
    }

    fn __len__(&self) -> usize {
        self.count
    }

    /// How many of the rows are opaque: their records are owed a dead letter.
    #[getter]
    fn refused(&self) -> usize {
        self.refused.len()
    }
}

/// The records of neighbouring batches of one partition with `first <= offset < end`, as rows in RowBinary, to be compared.
/// Raises NoSuchTopic.
#[pyfunction]
fn landing_rows(
    py: Python<'_>,
    batches: Vec<Bound<'_, Batch>>,
    prefix: &str,
    ids: &SchemaIds,
    first: i64,
    end: i64,
) -> PyResult<Rows> {
    let batches: Vec<&Batch> = batches.iter().map(|batch| batch.get()).collect();
    let (data, count, refused) = py.detach(|| {
        let mut data = Vec::new();
        let (count, refused) = encode(&batches, prefix, ids, first..end, |_, row| data.extend_from_slice(row))?;
        PyResult::Ok((data, count, refused))
    })?;
    Ok(Rows {
        data: PyBytes::new(py, &data).unbind(),
        count,
        refused,
    })
}

/// As `landing_rows`, as a block in Native, to be inserted: ClickHouse reads it in a third of the time. Raises NoSuchTopic.
#[pyfunction]
fn landing_block(
    py: Python<'_>,
    batches: Vec<Bound<'_, Batch>>,
    prefix: &str,
    ids: &SchemaIds,
    first: i64,
    end: i64,
) -> PyResult<Rows> {
    let batches: Vec<&Batch> = batches.iter().map(|batch| batch.get()).collect();
    let (data, count, refused) = py.detach(|| {
        let mut columns = None;
        let (count, refused) = encode(&batches, prefix, ids, first..end, |table, row| {
            columns.get_or_insert_with(|| Columns::new(table)).push(row);
        })?;
        let data = columns.map(|columns| columns.to_native()).unwrap_or_default();
        PyResult::Ok((data, count, refused))
    })?;
    Ok(Rows {
        data: PyBytes::new(py, &data).unbind(),
        count,
        refused,
    })
}

/// Hands out the rows one by one; how many there were, and what has an opaque one.
fn encode(
    batches: &[&Batch],
    prefix: &str,
    ids: &SchemaIds,
    offsets: Range<i64>,
    mut each: impl FnMut(Table, &[u8]),
) -> PyResult<(usize, Vec<Refused>)> {
    let (mut row, mut count, mut refused) = (Vec::new(), 0, Vec::new());
    for batch in batches.iter().filter(|batch| !batch.records.is_empty()) {
        let topic = batch.records.get(0).topic;
        let (table, name) = (table_of(topic)?, format!("{prefix}{}", topic.name));
        for entry in batch.records.iter().filter(|entry| offsets.contains(&entry.offset)) {
            row.clear();
            refused.extend(put(table, &name, &ids.ids, &entry, &mut row));
            each(table, &row);
            count += 1;
        }
    }
    Ok((count, refused))
}

/// Appends the record's row, or an opaque one.
fn put(
    table: Table,
    topic: &str,
    ids: &contracts::SchemaIds,
    entry: &Entry<'_>,
    data: &mut Vec<u8>,
) -> Option<Refused> {
    let meta = RowMeta {
        topic,
        partition: entry.partition,
        offset: entry.offset,
        timestamp_ms: entry.timestamp_ms,
        produced_ns: entry.produced_ns,
    };
    let record = decode(ids, entry.value);
    let reason = match &record {
        Ok(record) => Unlandable::Landing(write_row(table, &meta, record, data).err()?),
        Err(error) => Unlandable::Frame(*error),
    };
    write_opaque_row(table, &meta, data);
    Some(Refused {
        topic: entry.topic,
        partition: entry.partition,
        offset: entry.offset,
        origin: match entry.topic.sequenced {
            true => Some(entry.origin),
            false => record.ok().and_then(|record| record.origin()),
        },
        reason,
        value: entry.value.to_vec(),
    })
}

/// Why a record has no row of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlandable {
    Frame(FrameError),
    Landing(LandingError),
}

impl Unlandable {
    /// The DeadLetter's reason.
    pub fn word(self) -> &'static str {
        match self {
            Self::Frame(FrameError::UnknownSchema { .. }) => "unknown_schema",
            Self::Frame(_) => "parse",
            Self::Landing(LandingError::WrongTable { .. }) => "wrong_topic",
            Self::Landing(LandingError::Exponent { .. }) => "decimal_range",
        }
    }
}

impl fmt::Display for Unlandable {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frame(error) => error.fmt(to),
            Self::Landing(error) => error.fmt(to),
        }
    }
}

/// Table and column names of a topic's landing table, in the order of the rows. Raises NoSuchTopic.
#[pyfunction]
fn landing_table(topic: &str) -> PyResult<(&'static str, Vec<&'static str>)> {
    let table = table_of(errors::topic(topic)?)?;
    Ok((table.name(), table.columns().iter().map(|column| column.name).collect()))
}

fn table_of(topic: &Topic) -> PyResult<Table> {
    Table::of_topic(topic.name).ok_or_else(|| errors::no_table(topic))
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<LandingReader>()?;
    module.add_class::<Rows>()?;
    module.add_function(wrap_pyfunction!(landing_block, module)?)?;
    module.add_function(wrap_pyfunction!(landing_rows, module)?)?;
    module.add_function(wrap_pyfunction!(landing_table, module)?)
}
