//! What books take and give, in Python's own types: those of the plain twins in `flows/kernels`.

use kernels::book_steps::{DepthStep, SnapshotStep, StreamStep};
use kernels::l2_book::{BookError, DepthSlopes, Level, Levels, Sweep, Top};
use pyo3::IntoPyObjectExt;
use pyo3::call::PyCallArgs;
use pyo3::exceptions::PyOverflowError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyType};

use crate::errors::{self, Raise};

impl Raise for BookError {
    const CLASS: &'static str = "BookError";
}

const RECORDS: &str = "flows.contracts.records";
const BOOK: &str = "flows.kernels.l2_book";
const MEASURES: &str = "flows.kernels.book_measures";
const STEPS: &str = "flows.kernels.book_steps";

/// Both sides, checked. `levels` are Python's: anything with a price and a quantity.
pub fn levels_of(bids: &Bound<'_, PyAny>, asks: &Bound<'_, PyAny>) -> PyResult<Levels> {
    Ok(Levels {
        bids: side_of(bids)?,
        asks: side_of(asks)?,
    })
}

fn side_of(side: &Bound<'_, PyAny>) -> PyResult<Vec<Level>> {
    side.try_iter()?.map(|level| level_of(&level?)).collect()
}

fn level_of(level: &Bound<'_, PyAny>) -> PyResult<Level> {
    let py = level.py();
    let (price, quantity) = (
        level.getattr(intern!(py, "price"))?,
        level.getattr(intern!(py, "quantity"))?,
    );
    level_of_values(&price, &quantity)
}

/// A level of two numbers of any size.
pub fn level_of_values(price: &Bound<'_, PyAny>, quantity: &Bound<'_, PyAny>) -> PyResult<Level> {
    let too_wide = |error: &PyErr| error.is_instance_of::<PyOverflowError>(price.py());
    let units: i64 = price.extract().map_err(|error| match too_wide(&error) {
        true => refuse(format!(
            "price {price} does not fit 64 bits; the instrument needs a coarser exponent"
        )),
        false => error,
    })?;
    let refused = || {
        refuse(format!(
            "quantity {quantity} at price {price} is not between 0 and {}",
            i64::MAX
        ))
    };
    let quantity: i64 = quantity.extract().map_err(|error| match too_wide(&error) {
        true => refused(),
        false => error,
    })?;
    match quantity >= 0 {
        true => Ok(Level { price: units, quantity }),
        false => Err(refused()),
    }
}

/// A number that may be too wide, which `refused` then names.
pub fn narrow(number: &Bound<'_, PyAny>, refused: impl FnOnce(&Bound<'_, PyAny>) -> String) -> PyResult<i64> {
    number.extract().map_err(
        |error: PyErr| match error.is_instance_of::<PyOverflowError>(number.py()) {
            true => refuse(refused(number)),
            false => error,
        },
    )
}

fn refuse(message: String) -> PyErr {
    errors::raise(BookError::CLASS, message)
}

pub fn level(py: Python<'_>, level: Level) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, RECORDS, "Level")?.call1((level.price, level.quantity))
}

pub fn list(py: Python<'_>, levels: Vec<Level>) -> PyResult<Bound<'_, PyList>> {
    let list = PyList::empty(py);
    for one in levels {
        list.append(level(py, one)?)?;
    }
    Ok(list)
}

pub fn top(py: Python<'_>, top: Top) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let side = |best: Option<Level>| best.map(|best| level(py, best)).transpose();
    CLASS.import(py, BOOK, "Top")?.call1((side(top.bid)?, side(top.ask)?))
}

pub fn depth(py: Python<'_>, depth: kernels::l2_book::Depth) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let sums = (depth.bid_quantity, depth.ask_quantity);
    CLASS.import(py, BOOK, "Depth")?.call1(sums)
}

pub fn depth_slopes(py: Python<'_>, slopes: DepthSlopes) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, BOOK, "DepthSlopes")?.call1((slopes.bid, slopes.ask))
}

pub fn sweep(py: Python<'_>, sweep: Sweep) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let fields = (
        sweep.quantity,
        sweep.cost,
        sweep.levels,
        sweep.last_price,
        sweep.average_price,
    );
    CLASS.import(py, MEASURES, "Sweep")?.call1(fields)
}

pub fn depth_step(py: Python<'_>, step: DepthStep) -> PyResult<Bound<'_, PyAny>> {
    match step {
        DepthStep::Taken(best) => taken(py, best),
        DepthStep::Gap { expected } => step_of(py, "Gap", (expected,)),
        DepthStep::Repeated => step_of(py, "Repeated", ()),
        DepthStep::OutOfOrder { last } => step_of(py, "OutOfOrder", (last,)),
    }
}

pub fn snapshot_step(py: Python<'_>, step: SnapshotStep) -> PyResult<Bound<'_, PyAny>> {
    match step {
        SnapshotStep::Synchronised => step_of(py, "Synchronised", ()),
        SnapshotStep::Ahead => step_of(py, "Ahead", ()),
        SnapshotStep::TooOld { oldest_first } => step_of(py, "TooOld", (oldest_first,)),
        SnapshotStep::NotNeeded => step_of(py, "NotNeeded", ()),
    }
}

pub fn stream_step(py: Python<'_>, step: StreamStep) -> PyResult<Bound<'_, PyAny>> {
    match step {
        StreamStep::Taken(best) => taken(py, Some(best)),
        StreamStep::NoSnapshot => step_of(py, "NoSnapshot", ()),
        StreamStep::Gap { expected } => step_of(py, "Gap", (expected,)),
        StreamStep::WrongChecksum { expected, computed } => step_of(py, "WrongChecksum", (expected, computed)),
    }
}

fn taken(py: Python<'_>, best: Option<Top>) -> PyResult<Bound<'_, PyAny>> {
    let best = best.map(|best| top(py, best)).transpose()?;
    step_of(py, "Taken", (best.into_bound_py_any(py)?,))
}

fn step_of<'py>(py: Python<'py>, name: &str, fields: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
    py.import(STEPS)?.getattr(name)?.call1(fields)
}
