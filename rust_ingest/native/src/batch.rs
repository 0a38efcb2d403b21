//! Many records as one Python object.

use contracts::{Batch as Records, Entry, Origin};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple, PyType};

use crate::errors;

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
        let mut records = Records::default();
        for (topic, partition, key, value, (cause, offset, index)) in &outputs {
            records.push(Entry {
                topic: errors::topic(topic)?,
                partition: *partition,
                offset: -1,
                timestamp_ms: -1,
                produced_ns: None,
                origin: Origin {
                    partition: *cause,
                    offset: *offset,
                    index: *index,
                },
                key,
                value,
            });
        }
        Ok(Self { records })
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

    /// Bytes of all keys and values.
    #[getter]
    fn size_bytes(&self) -> usize {
        self.records.data_bytes()
    }

    /// The records of one topic, in order.
    fn select(&self, topic: &str) -> PyResult<Self> {
        let topic = errors::topic(topic)?;
        let mut records = Records::default();
        for entry in self.records.iter().filter(|entry| entry.topic == topic) {
            records.push(entry);
        }
        Ok(Self { records })
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
