//! `flows._native`: the log and the Rust engine for Python. Records stay in Rust; Python holds batches of them.

mod batch;
mod errors;
mod identity;
mod landing;
mod letters;
mod logging;
mod producer;
mod sink;
mod source;
mod stage;
mod written;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    batch::register(module)?;
    errors::register(module)?;
    identity::register(module)?;
    landing::register(module)?;
    letters::register(module)?;
    logging::register(module)?;
    producer::register(module)?;
    sink::register(module)?;
    source::register(module)?;
    stage::register(module)?;
    written::register(module)
}
