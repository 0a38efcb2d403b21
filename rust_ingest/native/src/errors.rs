//! Rust errors as the exceptions of `flows/errors.py`.

use contracts::{BadBatch, Topic};
use kernels::{RestoreError, StageError};
use pyo3::PyErrArguments;
use pyo3::panic::PanicException;
use pyo3::prelude::*;
use pyo3::types::PyType;
use tapelog::{ConfigError, ReadError, RegistryError, WriteError};

/// An error with an exception class of ours.
pub trait Raise: std::fmt::Display {
    /// Name of the class in `flows.errors`.
    const CLASS: &'static str;
}

impl Raise for ConfigError {
    const CLASS: &'static str = "LogConfigError";
}

impl Raise for ReadError {
    const CLASS: &'static str = "LogReadError";
}

impl Raise for WriteError {
    const CLASS: &'static str = "LogWriteError";
}

impl Raise for RegistryError {
    const CLASS: &'static str = "RegistryError";
}

impl Raise for StageError {
    const CLASS: &'static str = "StageConfigError";
}

impl Raise for RestoreError {
    const CLASS: &'static str = "StageRestoreError";
}

impl Raise for BadBatch {
    const CLASS: &'static str = "BadBatchError";
}

/// What a Rust panic is in Python: no Exception, so that only who means it catches it.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("PanicException", module.py().get_type::<PanicException>())
}

/// The exception of an error, with its message.
pub fn of<E: Raise>(error: E) -> PyErr {
    raise(E::CLASS, error.to_string())
}

/// The topic of that name, without prefix.
pub fn topic(name: &str) -> PyResult<&'static Topic> {
    Topic::named(name).ok_or_else(|| raise("NoSuchTopic", format!("no topic {name} stands in schemas/topics.toml")))
}

pub fn no_table(topic: &Topic) -> PyErr {
    raise("NoSuchTopic", format!("topic {} has no landing table", topic.name))
}

pub fn raise(class: &str, message: String) -> PyErr {
    raise_with(class, message)
}

/// The exception of that class, made of its own arguments.
pub fn raise_with(class: &str, arguments: impl PyErrArguments + 'static) -> PyErr {
    Python::attach(|py| {
        let found = py.import("flows.errors").and_then(|module| module.getattr(class));
        match found.and_then(|class| Ok(class.cast_into::<PyType>()?)) {
            Ok(class) => PyErr::from_type(class, arguments),
            // The class is missing: its absence is the error to show.
            Err(missing) => missing,
        }
    })
}
