//! The whole chain in one process.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{LockResult, Mutex, MutexGuard};

use contracts::{Batch as Records, Entry, Origin};
use kernels::trading_engine::{EngineConfig, Inbox, InputError, PartitionState, TradingEngine as Kernel};
use kernels::{Partitions, StageError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyBytes;

use crate::batch::Batch;
use crate::errors;
use crate::identity::SchemaIds;

/// Topic, partition, next offset, and name and snapshot of each stage.
type StateRow<S> = (String, i32, i64, Vec<(String, S)>);

/// Bars, features, signals and risk, one behind the other; `flows/engine/trading_engine.py` says what each call does.
#[pyclass(module = "flows._native", frozen)]
pub struct TradingEngine {
    kernel: Mutex<Kernel>,
}

#[pymethods]
impl TradingEngine {
    /// `config`: the configuration of each stage, as JSON. `partitions`: how many each topic has; those of
    /// `schemas/topics.toml` where it says nothing. `threads`: how many may run markets at once.
    ///
    /// Raises StageConfigError.
    #[new]
    fn new(
        config: BTreeMap<String, String>,
        ids: &SchemaIds,
        partitions: BTreeMap<String, u32>,
        threads: NonZeroUsize,
    ) -> PyResult<Self> {
        let default = EngineConfig::default();
        let of = |stage: &str, default: String| config.get(stage).cloned().unwrap_or(default);
        let config = EngineConfig {
            bars: of("bars", default.bars),
            features: of("features", default.features),
            signals: of("signals", default.signals),
            risk: of("risk", default.risk),
        };
        let counts = Partitions::given(&partitions);
        let kernel: Result<Kernel, StageError> = Kernel::new(config, ids.ids.clone(), counts);
        let kernel = kernel.map_err(errors::of)?.with_threads(threads);
        Ok(Self {
            kernel: Mutex::new(kernel),
        })
    }

    /// Takes one framed record, and its key where no partition is said; what it causes, or None if that is nothing. Raises EngineInputError, NoSuchTopic.
    fn execute_tick(
        &self,
        py: Python<'_>,
        topic: &str,
        partition: i32,
        offset: i64,
        message: &[u8],
        hold_inbox: bool,
    ) -> PyResult<Option<Batch>> {
        let record = Entry {
            topic: errors::topic(topic)?,
            partition,
            offset,
            timestamp_ms: -1,
            produced_ns: None,
            origin: Origin {
                partition,
                offset,
                index: 0,
            },
            key: &[],
            value: message,
        };
        let mut records = Records::default();
        let mut kernel = whole(self.kernel.lock_py_attached(py))?;
        let done = kernel.execute_tick(record, inbox(hold_inbox), &mut records);
        done.map_err(misplaced)?;
        Ok((!records.is_empty()).then_some(Batch { records }))
    }

    /// Takes the records, without the GIL; what they cause. Raises EngineInputError.
    fn execute_ticks(&self, py: Python<'_>, batch: &Batch, hold_inbox: bool) -> PyResult<Batch> {
        py.detach(|| {
            let mut records = Records::default();
            let mut kernel = whole(self.kernel.lock())?;
            let done = kernel.execute_ticks(&batch.records, inbox(hold_inbox), &mut records);
            done.map_err(misplaced)?;
            Ok(Batch { records })
        })
    }

    /// Offset behind the last record of a partition; None if there is no such partition. Raises NoSuchTopic.
    fn next_offset(&self, py: Python<'_>, topic: &str, partition: i32) -> PyResult<Option<i64>> {
        let topic = errors::topic(topic)?;
        Ok(whole(self.kernel.lock_py_attached(py))?.next_offset(topic, partition))
    }

    /// By partition: topic, partition, next offset, and name and snapshot of each stage.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Vec<StateRow<Bound<'py, PyBytes>>>> {
        let states = whole(self.kernel.lock_py_attached(py))?.snapshot();
        let row = |state: PartitionState| {
            let stages = state.stages.into_iter();
            let stages = stages.map(|(name, snapshot)| (name, PyBytes::new(py, &snapshot)));
            (state.topic, state.partition, state.next_offset, stages.collect())
        };
        Ok(states.into_iter().map(row).collect())
    }

    /// Takes up what `snapshot` gives. Raises StageRestoreError.
    fn restore(&self, py: Python<'_>, rows: Vec<StateRow<Vec<u8>>>) -> PyResult<()> {
        let states = rows
            .into_iter()
            .map(|(topic, partition, next_offset, stages)| PartitionState {
                topic,
                partition,
                next_offset,
                stages,
            });
        let states: Vec<_> = states.collect();
        // All that a panic may have left half done is replaced.
        let mut kernel = self
            .kernel
            .lock_py_attached(py)
            .unwrap_or_else(|half| half.into_inner());
        kernel.restore(&states).map_err(errors::of)?;
        drop(kernel);
        self.kernel.clear_poison();
        Ok(())
    }
}

fn inbox(hold: bool) -> Inbox {
    match hold {
        true => Inbox::Held,
        false => Inbox::Own,
    }
}

/// The engine, if no call has panicked amid a record.
fn whole(lock: LockResult<MutexGuard<'_, Kernel>>) -> PyResult<MutexGuard<'_, Kernel>> {
    lock.map_err(|_| errors::raise_with("EngineBroken", ()))
}

fn misplaced(error: InputError) -> PyErr {
    let problem = error.problem.to_string();
    errors::raise_with(
        "EngineInputError",
        (error.index, error.topic, error.partition, error.offset, problem),
    )
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<TradingEngine>()
}
