//! A book whose snapshot comes in the stream of its changes: twin of `flows.kernels.streamed_book.StreamedBook`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use kernels::book_sequence::SeqIds;
use kernels::streamed_book::{StreamRule, StreamedBook as Kernel};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};

use crate::book_values as values;
use crate::errors;
use crate::identity::SchemaIds;
use crate::l2_book::{Exponents, L2Book, decimals_of, empty, scale_of};

/// A book that says whether it is the venue's. Made by `coinbase`, `kraken` or `okx`.
#[pyclass(module = "flows._native", frozen)]
pub struct StreamedBook {
    kernel: Mutex<Kernel>,
}

#[pymethods]
impl StreamedBook {
    /// `level2`: no sequence numbers, no checksum, the whole book.
    #[classmethod]
    fn coinbase(_class: &Bound<'_, PyType>) -> PyResult<Self> {
        Self::of(StreamRule::Coinbase, None)
    }

    /// `book` in WebSocket v1 or v2: `depth_max` levels are subscribed. Raises BookError.
    #[classmethod]
    fn kraken(
        _class: &Bound<'_, PyType>,
        depth_max: &Bound<'_, PyAny>,
        scale: Exponents,
        decimals: Exponents,
    ) -> PyResult<Self> {
        let (scale, decimals) = (scale_of(scale), decimals_of(decimals));
        Self::of(StreamRule::Kraken { scale, decimals }, Some(depth_max))
    }

    /// `books` and its like. Raises BookError.
    #[classmethod]
    #[pyo3(signature = (scale, depth_max=None))]
    fn okx(_class: &Bound<'_, PyType>, scale: Exponents, depth_max: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        Self::of(StreamRule::Okx { scale: scale_of(scale) }, depth_max)
    }

    /// The book is the venue's.
    #[getter]
    fn is_synchronised(&self) -> bool {
        self.kernel().is_synchronised()
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

    /// Takes a snapshot. Raises BookError as `on_update` does.
    #[pyo3(signature = (bids, asks, sequence=None, checksum=None))]
    fn on_snapshot<'py>(
        &self,
        py: Python<'py>,
        bids: &Bound<'py, PyAny>,
        asks: &Bound<'py, PyAny>,
        sequence: Option<(i64, i64)>,
        checksum: Option<i64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let levels = values::levels_of(bids, asks)?;
        let step = self.kernel().on_snapshot(&levels, sequence.map(sequence_of), checksum);
        values::stream_step(py, step.map_err(errors::of)?)
    }

    /// Takes the changes of one message, all its parts together. Raises BookError.
    #[pyo3(signature = (bids, asks, sequence=None, checksum=None))]
    fn on_update<'py>(
        &self,
        py: Python<'py>,
        bids: &Bound<'py, PyAny>,
        asks: &Bound<'py, PyAny>,
        sequence: Option<(i64, i64)>,
        checksum: Option<i64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let changes = values::levels_of(bids, asks)?;
        let step = self.kernel().on_update(&changes, sequence.map(sequence_of), checksum);
        values::stream_step(py, step.map_err(errors::of)?)
    }

    /// The connection or the book was lost: nothing is known until the next snapshot.
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

impl StreamedBook {
    fn of(rule: StreamRule, depth_max: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let kernel = Kernel::new(rule, empty(depth_max)?);
        Ok(Self {
            kernel: Mutex::new(kernel),
        })
    }

    fn kernel(&self) -> MutexGuard<'_, Kernel> {
        self.kernel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn sequence_of((previous, last): (i64, i64)) -> SeqIds {
    SeqIds { previous, last }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<StreamedBook>()
}
