//! `flows._native`: the log and the Rust engine for Python. Records stay in Rust; Python holds batches of them.

mod aggregate_bars;
mod array_row;
mod batch;
mod book_values;
mod errors;
mod identity;
mod indicators;
mod l2_book;
mod landing;
mod letters;
mod logging;
mod matching;
mod named_bars;
mod producer;
mod sink;
mod source;
mod stage;
mod streamed_book;
mod synced_book;
mod trading_engine;
mod written;

use pyo3::prelude::*;

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    aggregate_bars::register(module)?;
    batch::register(module)?;
    errors::register(module)?;
    identity::register(module)?;
    indicators::register(module)?;
    l2_book::register(module)?;
    landing::register(module)?;
    letters::register(module)?;
    logging::register(module)?;
    matching::register(module)?;
    named_bars::register(module)?;
    producer::register(module)?;
    sink::register(module)?;
    source::register(module)?;
    stage::register(module)?;
    streamed_book::register(module)?;
    synced_book::register(module)?;
    trading_engine::register(module)?;
    written::register(module)
}
