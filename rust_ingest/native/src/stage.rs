//! The Rust engine: a kernel on one partition.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use contracts::Batch as Records;
use kernels::{Partitions, Stage as Kernel};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::batch::Batch;
use crate::errors;
use crate::identity::SchemaIds;

/// The stage `bars`, `features`, `signals` or `risk` on one partition.
#[pyclass(module = "flows._native", frozen)]
pub struct Stage {
    kernel: Mutex<Kernel>,
}

#[pymethods]
impl Stage {
    /// `partitions`: how many each topic has, by name without prefix; those of `schemas/topics.toml` where it says nothing.
    ///
    /// Raises StageConfigError.
    #[new]
    fn new(name: &str, config_json: &str, ids: &SchemaIds, partitions: BTreeMap<String, u32>) -> PyResult<Self> {
        let counts = Partitions::given(&partitions);
        let kernel = Kernel::new(name, config_json, ids.ids.clone(), counts).map_err(errors::of)?;
        Ok(Self {
            kernel: Mutex::new(kernel),
        })
    }

    /// Name of the topic that the stage reads, without prefix.
    #[getter]
    fn input(&self) -> &'static str {
        self.kernel().input().name
    }

    /// What the stage makes of the records. What it cannot process becomes a DeadLetter.
    fn process(&self, py: Python<'_>, batch: &Batch) -> Batch {
        py.detach(|| {
            let mut records = Records::default();
            self.kernel().process(&batch.records, &mut records);
            Batch { records }
        })
    }

    /// The state, framed; either engine can take it up.
    fn snapshot<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.kernel().snapshot())
    }

    /// Raises StageRestoreError.
    fn restore(&self, state: &[u8]) -> PyResult<()> {
        self.kernel().restore(state).map_err(errors::of)
    }
}

impl Stage {
    fn kernel(&self) -> MutexGuard<'_, Kernel> {
        self.kernel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Stage>()
}
