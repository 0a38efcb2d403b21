//! Indicators by name: `flows/indicators/core.py` says what each call does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use indicators::{BadMemory, InputError, ParameterError, Stream, WIDEST};
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyTuple;

use crate::errors::{self, Raise};

impl Raise for ParameterError {
    const CLASS: &'static str = "IndicatorParameterError";
}

/// An indicator in the middle of a series.
#[pyclass(module = "flows._native", frozen)]
pub struct Indicator {
    inputs: usize,
    outputs: usize,
    name: &'static str,
    stream: Mutex<Box<dyn Stream>>,
}

#[pymethods]
impl Indicator {
    /// Whole parameters are given as floats too. Raises IndicatorParameterError.
    #[new]
    fn new(name: &str, parameters: Vec<f64>) -> PyResult<Self> {
        let entry = indicators::named(name).ok_or_else(|| {
            let problem = format!("there is no indicator {name}; flows.indicators has all that there are");
            errors::raise("IndicatorParameterError", problem)
        })?;
        Ok(Self {
            inputs: entry.inputs.len(),
            outputs: entry.outputs.len(),
            name: entry.name,
            stream: Mutex::new(entry.make(&parameters).map_err(errors::of)?),
        })
    }

    /// Takes a row: None while warming up, then a float, or a tuple where there are several outputs. Raises IndicatorInputError.
    #[pyo3(signature = (*inputs))]
    fn update<'py>(&self, inputs: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = inputs.py();
        self.count(inputs.len())?;
        let mut row = [0.0; WIDEST];
        for (place, input) in row.iter_mut().zip(inputs.iter_borrowed()) {
            *place = input.extract()?;
        }
        let mut values = [0.0; WIDEST];
        let values = &mut values[..self.outputs];
        let warm = self.lock(py).update(&row[..self.inputs], values);
        if !warm.map_err(|error| refused(py, &error))? {
            return Ok(None);
        }
        match values {
            [value] => Ok(Some(value.into_pyobject(py)?.into_any())),
            values => Ok(Some(PyTuple::new(py, values.iter())?.into_any())),
        }
    }

    /// Takes columns of one length, with the GIL released; a column for each output. Raises IndicatorInputError.
    #[pyo3(signature = (*inputs))]
    fn extend<'py>(&self, inputs: &Bound<'py, PyTuple>) -> PyResult<Vec<Bound<'py, PyArray1<f64>>>> {
        let py = inputs.py();
        self.count(inputs.len())?;
        let arrays: Vec<PyReadonlyArray1<'py, f64>> =
            inputs.iter().map(|input| input.extract()).collect::<Result<_, _>>()?;
        let columns: Vec<&[f64]> = arrays.iter().map(|array| array.as_slice()).collect::<Result<_, _>>()?;
        let length = columns.first().map_or(0, |column| column.len());
        // By NumPy, which asks for large pages, and leaves in them what is there: each place is written below.
        let empty = py.import("numpy")?.getattr("empty")?;
        let outputs: Vec<Bound<'py, PyArray1<f64>>> = (0..self.outputs)
            .map(|_| Ok(empty.call1((length,))?.extract()?))
            .collect::<PyResult<_>>()?;
        let mut filled: Vec<_> = outputs.iter().map(|output| output.readwrite()).collect();
        let mut slices: Vec<&mut [f64]> = filled
            .iter_mut()
            .map(|output| output.as_slice_mut())
            .collect::<Result<_, _>>()?;
        let done = py.detach(|| {
            let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
            stream.extend(&columns, &mut slices)
        });
        done.map_err(|error| refused(py, &error))?;
        drop(filled);
        Ok(outputs)
    }

    /// All that it remembers.
    fn memory(&self, py: Python<'_>) -> Vec<f64> {
        self.lock(py).memory()
    }

    /// Goes on from there. Raises IndicatorRestoreError, and is then unchanged.
    fn restore(&self, py: Python<'_>, memory: Vec<f64>) -> PyResult<()> {
        let done = self.lock(py).restore(&memory);
        done.map_err(|error: BadMemory| errors::raise("IndicatorRestoreError", format!("{}: {error}", self.name)))
    }
}

impl Indicator {
    fn count(&self, found: usize) -> PyResult<()> {
        if found == self.inputs {
            return Ok(());
        }
        let (name, inputs) = (self.name, self.inputs);
        Err(PyTypeError::new_err(format!(
            "{name} takes {inputs} inputs, {found} are given"
        )))
    }

    /// Waits for another thread's call. A panic in one leaves nothing behind that a restore would not replace.
    fn lock(&self, py: Python<'_>) -> MutexGuard<'_, Box<dyn Stream>> {
        self.stream.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error as Python's twin makes it.
fn refused(py: Python<'_>, error: &InputError) -> PyErr {
    let made = py.import("flows.indicators.refusal").and_then(|module| {
        let arguments = (
            error.indicator,
            error.input,
            error.index,
            error.found,
            error.fault as u8,
        );
        module.getattr("input_error")?.call1(arguments)
    });
    made.map_or_else(|missing| missing, PyErr::from_value)
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Indicator>()
}
