//! Rejections as the exception of `flows/kernels/matching/rejection.py`.

use kernels::matching::Rejection;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();

pub(super) fn rejected(py: Python<'_>, rejection: Rejection, order_id: u64) -> PyErr {
    match CLASS.import(py, "flows.kernels.matching.rejection", "Rejected") {
        Ok(class) => PyErr::from_type(class.clone(), (rejection.code(), order_id)),
        // The class is missing: its absence is the error to show.
        Err(missing) => missing,
    }
}
