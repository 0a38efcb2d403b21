//! The connections of a process to the log, for writing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::{SchemaIds, Topic};
use pyo3::prelude::*;
use tapelog::{Inspector, LogConfig, Producer as Log, WriteError};

use crate::errors;

/// How long records that no order waits for wait for each other: a request for each would take the broker's time, and their own.
const COMPANY_US: u32 = 2_000;

/// What all sinks of a process write with.
#[pyclass(module = "flows._native", frozen)]
pub struct Producer {
    pub(crate) connections: Arc<Connections>,
    pub(crate) ids: SchemaIds,
    pub(crate) inspector: Inspector,
}

#[pymethods]
impl Producer {
    /// Raises LogConfigError, RegistryError.
    #[new]
    fn new(py: Python<'_>, bootstrap: &str, prefix: &str) -> PyResult<Self> {
        let config = LogConfig::from_env(bootstrap, prefix).map_err(errors::of)?;
        let connections = Connections {
            order_path: Log::new(&config).map_err(errors::of)?,
            beside: Log::new(&config.clone().with_linger_us(COMPANY_US)).map_err(errors::of)?,
        };
        Ok(Self {
            connections: Arc::new(connections),
            ids: py.detach(tapelog::registry::schema_ids).map_err(errors::of)?,
            inspector: Inspector::new(&config).map_err(errors::of)?,
        })
    }

    /// Records sent and not yet acknowledged.
    fn unacknowledged(&self) -> u64 {
        self.connections.unacknowledged()
    }
}

impl Producer {
    pub(crate) fn partitions(&self, topic: &Topic) -> PyResult<i32> {
        let count = self.inspector.partitions(topic).map_err(errors::of)?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}

/// A broker answers the requests of one connection one after the other. What is on its way to an order has its own, or
/// every signal would wait behind the bars and features of the same tick.
pub(crate) struct Connections {
    order_path: Log,
    beside: Log,
}

impl Connections {
    pub fn of(&self, topic: &Topic) -> &Log {
        match topic.order_path {
            true => &self.order_path,
            false => &self.beside,
        }
    }

    /// As `tapelog::Producer::flush`, for both together.
    pub fn flush(&self, timeout: Duration) -> Result<(), WriteError> {
        let begin = Instant::now();
        self.order_path.flush(timeout)?;
        self.beside.flush(timeout.saturating_sub(begin.elapsed()))
    }

    /// Fails if any record was ever lost.
    pub fn check(&self) -> Result<(), WriteError> {
        self.order_path.check()?;
        self.beside.check()
    }

    fn unacknowledged(&self) -> u64 {
        self.order_path.unacknowledged() + self.beside.unacknowledged()
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Producer>()
}
