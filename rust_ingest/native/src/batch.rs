//! Many records as one Python object.

use std::collections::BTreeMap;

use contracts::{Batch as Records, Entry, Origin, decode};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple, PyType};

use crate::errors;
use crate::identity::SchemaIds;

/// Topic, partition, offset, key, value, origin (partition, offset, index), produced_ns.
type EntryTuple<'b> = (
    &'b str,
    i32,
    i64,
    Bound<'b, PyBytes>,
    Bound<'b, PyBytes>,
    (i32, i64, i32),
    Option<i64>,
);

/// What `of` takes: topic, partition, key, value, origin.
type OutputTuple = (String, i32, Vec<u8>, Vec<u8>, (i32, i64, i32));

/// What `placed` takes: topic, partition, offset, key, value, origin.
type PlacedTuple = (String, i32, i64, Vec<u8>, Vec<u8>, (i32, i64, i32));

/// Records in order, in one buffer.
#[pyclass(module = "flows._native", frozen)]
pub struct Batch {
    pub(crate) records: Records,
}

#[pymethods]
impl Batch {
    /// A batch of records that are to be written: topic without prefix, partition, key, value, origin.
    #[classmethod]
    fn of(_class: &Bound<'_, PyType>, outputs: Vec<OutputTuple>) -> PyResult<Self> {
        let unwritten = |(topic, partition, key, value, origin)| (topic, partition, -1, key, value, origin);
        Self::of_rows(outputs.into_iter().map(unwritten))
    }

    /// A batch of records that stand somewhere: topic without prefix, partition, offset, key, value, origin. Where a record
    /// has no place yet, partition and offset are -1.
    #[classmethod]
    fn placed(_class: &Bound<'_, PyType>, rows: Vec<PlacedTuple>) -> PyResult<Self> {
        Self::of_rows(rows)
    }

    /// Reads what `to_bytes` wrote. Raises BadBatchError.
    #[classmethod]
    fn from_bytes(_class: &Bound<'_, PyType>, data: &[u8]) -> PyResult<Self> {
        let records = Records::from_bytes(data).map_err(errors::of)?;
        Ok(Self { records })
    }

    /// The batch as bytes, for another process.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.records.to_bytes())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        let from_bytes = py.get_type::<Self>().getattr("from_bytes")?;
        Ok((from_bytes, (self.to_bytes(py),)))
    }

    fn __len__(&self) -> usize {
        self.records.len()
    }

    /// Topic of the first record, without prefix. Raises ValueError for an empty batch.
    #[getter]
    fn topic(&self) -> PyResult<&'static str> {
        Ok(self.first()?.topic.name)
    }

    /// Partition of the first record. Raises ValueError for an empty batch.
    #[getter]
    fn partition(&self) -> PyResult<i32> {
        Ok(self.first()?.partition)
    }

    /// Partition of the sequenced record that caused the first record, or its own if a source read it. Raises ValueError
    /// for an empty batch.
    #[getter]
    fn origin_partition(&self) -> PyResult<i32> {
        Ok(self.first()?.origin.partition)
    }

    /// Offset of the first record, -1 before it is written. Raises ValueError for an empty batch.
    #[getter]
    fn first_offset(&self) -> PyResult<i64> {
        Ok(self.first()?.offset)
    }

    /// Offset of the last record, -1 before it is written. Raises ValueError for an empty batch.
    #[getter]
    fn last_offset(&self) -> PyResult<i64> {
        let first = self.first()?;
        Ok(self.records.iter().last().unwrap_or(first).offset)
    }

    /// When the first record was written, in ns since 1970: what its writer says, else the log's timestamp; None before.
    #[getter]
    fn written_ns(&self) -> PyResult<Option<i64>> {
        let first = self.first()?;
        let in_log = (first.timestamp_ms >= 0).then(|| first.timestamp_ms.saturating_mul(1_000_000));
        Ok(first.produced_ns.or(in_log))
    }

    /// Bytes of all keys and values.
    #[getter]
    fn size_bytes(&self) -> usize {
        self.records.data_bytes()
    }

    /// The records of one topic, in order.
    fn select(&self, topic: &str) -> PyResult<Self> {
        let topic = errors::topic(topic)?;
        Ok(self.kept(|entry| entry.topic == topic))
    }

    /// The records of all batches, by topic (in the order of `schemas/topics.toml`) and partition, each in its order.
    #[classmethod]
    fn arranged(_class: &Bound<'_, PyType>, batches: Vec<Bound<'_, Self>>) -> Self {
        let batches: Vec<_> = batches.iter().map(Bound::get).collect();
        let mut entries: Vec<_> = batches.iter().flat_map(|batch| batch.records.iter()).collect();
        entries.sort_by_key(|entry| (entry.topic.index(), entry.partition));
        let mut records = Records::default();
        entries.into_iter().for_each(|entry| records.push(entry));
        Self { records }
    }

    /// The records at offsets from `first` to before `end`, in order.
    fn within(&self, first: i64, end: i64) -> Self {
        self.kept(|entry| (first..end).contains(&entry.offset))
    }

    /// The records about one of these instruments, in order.
    fn concerning(&self, instruments: Vec<String>, ids: &SchemaIds) -> Self {
        self.kept(|entry| {
            let record = decode(&ids.ids, entry.value);
            let instrument = record.ok().and_then(|record| record.instrument());
            instrument.is_some_and(|found| instruments.iter().any(|wanted| wanted == found))
        })
    }

    /// Where records with one of these schema ids stand, counted from 0.
    fn positions_of(&self, schema_ids: Vec<i32>) -> Vec<usize> {
        let header = |id: &i32| {
            let [a, b, c, d] = id.to_be_bytes();
            [0, a, b, c, d]
        };
        let headers: Vec<_> = schema_ids.iter().map(header).collect();
        let entries = self.records.iter().enumerate();
        let found = entries.filter(|(_, entry)| headers.iter().any(|header| entry.value.starts_with(header)));
        found.map(|(position, _)| position).collect()
    }

    /// Every key, with the position of the first record that has it.
    fn keys<'py>(&self, py: Python<'py>) -> Vec<(Bound<'py, PyBytes>, usize)> {
        let mut first = BTreeMap::new();
        for (position, entry) in self.records.iter().enumerate() {
            first.entry(entry.key).or_insert(position);
        }
        let keys = first.into_iter();
        keys.map(|(key, position)| (PyBytes::new(py, key), position)).collect()
    }

    /// The records at positions from `first` to before `end`.
    fn cut(&self, first: usize, end: usize) -> Self {
        let mut records = Records::default();
        let wanted = self.records.iter().take(end).skip(first);
        wanted.for_each(|entry| records.push(entry));
        Self { records }
    }

    /// The records of all batches, one batch after the other.
    #[classmethod]
    fn joined(_class: &Bound<'_, PyType>, batches: Vec<Bound<'_, Self>>) -> Self {
        let mut records = Records::default();
        for batch in &batches {
            batch.get().records.iter().for_each(|entry| records.push(entry));
        }
        Self { records }
    }

    /// Whether both hold the same records in the same order: topic, partition, origin, key and value.
    fn same_as(&self, other: &Self) -> bool {
        let parts = |entry: Entry<'_>| (entry.topic.index(), entry.partition, entry.origin);
        self.records.len() == other.records.len()
            && self.records.iter().zip(other.records.iter()).all(|(one, another)| {
                parts(one) == parts(another) && one.key == another.key && one.value == another.value
            })
    }

    /// How many records there are of each topic.
    fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for entry in self.records.iter() {
            *counts.entry(entry.topic.name).or_insert(0) += 1;
        }
        counts
    }

    /// The records as tuples: topic, partition, offset, key, value, origin (partition, offset, index), produced_ns.
    fn entries<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let tuples = PyList::empty(py);
        for entry in self.records.iter() {
            let origin = entry.origin;
            let tuple: EntryTuple<'_> = (
                entry.topic.name,
                entry.partition,
                entry.offset,
                PyBytes::new(py, entry.key),
                PyBytes::new(py, entry.value),
                (origin.partition, origin.offset, origin.index),
                entry.produced_ns,
            );
            let tuple: Bound<'py, PyTuple> = tuple.into_pyobject(py)?;
            tuples.append(tuple)?;
        }
        Ok(tuples)
    }
}

impl Batch {
    fn of_rows(rows: impl IntoIterator<Item = PlacedTuple>) -> PyResult<Self> {
        let mut records = Records::default();
        for (topic, partition, offset, key, value, (cause, place, index)) in rows {
            records.push(Entry {
                topic: errors::topic(&topic)?,
                partition,
                offset,
                timestamp_ms: -1,
                produced_ns: None,
                origin: Origin {
                    partition: cause,
                    offset: place,
                    index,
                },
                key: &key,
                value: &value,
            });
        }
        Ok(Self { records })
    }

    fn kept(&self, wanted: impl Fn(&Entry<'_>) -> bool) -> Self {
        let mut records = Records::default();
        for entry in self.records.iter().filter(|entry| wanted(entry)) {
            records.push(entry);
        }
        Self { records }
    }

    fn first(&self) -> PyResult<Entry<'_>> {
        match self.records.is_empty() {
            true => Err(PyValueError::new_err("the batch is empty")),
            false => Ok(self.records.get(0)),
        }
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Batch>()
}
