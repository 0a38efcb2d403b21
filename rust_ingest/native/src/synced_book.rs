//! A book joined from a snapshot of REST and depth events: twin of `flows.kernels.synced_book.SyncedBook`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use kernels::book_sequence::{DepthIds, DepthRule};
use kernels::synced_book::SyncedBook as Kernel;
use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::book_values as values;
use crate::errors;
use crate::identity::SchemaIds;
use crate::l2_book::L2Book;

/// A book that says whether it is the venue's.
#[pyclass(module = "flows._native", frozen)]
pub struct SyncedBook {
    kernel: Mutex<Kernel>,
}

#[pymethods]
impl SyncedBook {
    /// `rule`: a `flows.kernels.book_sequence.DepthRule`.
    #[new]
    fn new(rule: &Bound<'_, PyAny>) -> PyResult<Self> {
        let name: String = rule.getattr(intern!(rule.py(), "value"))?.extract()?;
        let known = DepthRule::ALL.into_iter().find(|known| known.name() == name);
        let rule = known.ok_or_else(|| PyValueError::new_err(format!("{name} is no rule of depth events")))?;
        Ok(Self {
            kernel: Mutex::new(Kernel::new(rule)),
        })
    }

    /// Depth events come, and the book cannot go on without a snapshot.
    #[getter]
    fn wants_snapshot(&self) -> bool {
        self.kernel().wants_snapshot()
    }

    /// The best levels; None while the book is not synchronised.
    fn top<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let top = self.kernel().top();
        top.map(|top| values::top(py, top)).transpose()
    }

    /// A copy of the book; None while it is not synchronised.
    fn book(&self) -> Option<L2Book> {
        self.kernel().book().cloned().map(L2Book::of)
    }

    /// From now on the book is cut to so many levels a side; None: it is whole. Raises BookError.
    #[pyo3(signature = (depth_max))]
    fn limit(&self, depth_max: Option<i64>) -> PyResult<()> {
        self.kernel().limit(depth_max).map_err(errors::of)
    }

    /// Takes a depth event; `ids` are its `U`, `u` and `pu`. Raises BookError.
    fn on_depth<'py>(
        &self,
        py: Python<'py>,
        ids: (i64, i64, Option<i64>),
        bids: &Bound<'py, PyAny>,
        asks: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let changes = values::levels_of(bids, asks)?;
        let (first, last, previous_final) = ids;
        let ids = DepthIds {
            first,
            last,
            previous_final,
        };
        let step = self.kernel().on_depth(ids, &changes);
        values::depth_step(py, step)
    }

    /// Takes a snapshot that ends with update `snapshot_id`. Raises BookError.
    fn on_snapshot<'py>(
        &self,
        py: Python<'py>,
        snapshot_id: i64,
        bids: &Bound<'py, PyAny>,
        asks: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let levels = values::levels_of(bids, asks)?;
        let step = self.kernel().on_snapshot(snapshot_id, &levels);
        values::snapshot_step(py, step)
    }

    /// The connection was lost: what came before says nothing about what comes next.
    fn disconnect(&self) {
        self.kernel().disconnect();
    }

    /// The state, framed; either twin can take it up.
    fn snapshot<'py>(&self, py: Python<'py>, ids: &SchemaIds) -> Bound<'py, PyBytes> {
        let mut state = Vec::new();
        self.kernel().snapshot(&ids.ids, &mut state);
        PyBytes::new(py, &state)
    }

    /// Raises StageRestoreError.
    fn restore(&self, ids: &SchemaIds, state: &[u8]) -> PyResult<()> {
        self.kernel().restore(&ids.ids, state).map_err(errors::of)
    }
}

impl SyncedBook {
    fn kernel(&self) -> MutexGuard<'_, Kernel> {
        self.kernel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SyncedBook>()
}
