//! Schema ids and partitions: how records are named and placed.

use std::collections::BTreeMap;

use contracts::Kind;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::errors;

/// The schema id of every record.
#[pyclass(module = "flows._native", frozen)]
pub struct SchemaIds {
    pub(crate) ids: contracts::SchemaIds,
}

#[pymethods]
impl SchemaIds {
    /// From the registry of SCHEMA_REGISTRY_URL, after registering every schema there; the embedded ones where it is not set.
    /// Raises RegistryError.
    #[staticmethod]
    fn load(py: Python<'_>) -> PyResult<Self> {
        let ids = py.detach(tapelog::registry::schema_ids).map_err(errors::of)?;
        Ok(Self { ids })
    }

    /// Those of `schemas/registry.jsonl`.
    #[staticmethod]
    fn embedded() -> Self {
        Self {
            ids: contracts::SchemaIds::embedded(),
        }
    }

    /// The ids of all versions by subject, oldest first.
    fn by_subject(&self) -> BTreeMap<&'static str, Vec<i32>> {
        Kind::ALL
            .iter()
            .map(|kind| (kind.subject(), self.ids.ids(*kind).collect()))
            .collect()
    }
}

/// The partition of a key among `partitions`, as Kafka's Java client chooses it. Raises ValueError for 0 partitions.
#[pyfunction]
fn partition_of(key: &[u8], partitions: u32) -> PyResult<i32> {
    match partitions {
        0 => Err(PyValueError::new_err("a topic has at least one partition")),
        _ => Ok(contracts::partition_of(key, partitions)),
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SchemaIds>()?;
    module.add_function(wrap_pyfunction!(partition_of, module)?)
}
