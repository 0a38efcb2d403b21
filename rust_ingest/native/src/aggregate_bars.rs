//! Bars into longer bars: twin of `flows.kernels.aggregate_bars`.

use std::borrow::Cow;

use kernels::BarFault;
use kernels::aggregate_bars::{
    Aggregated, BarColumns, BarPlan, Column, Made, Prices, Sessions, aggregate_bars as kernel,
};
use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::array_row::row;

/// Interval, length, whether filled, whether partial, end.
type Plan = (Option<i64>, i64, bool, bool, Option<i64>);
/// Opens and closes, then open, high, low and close, then the sums.
type Columns<'py> = ([Bound<'py, PyAny>; 2], [Bound<'py, PyAny>; 4], Vec<Bound<'py, PyAny>>);

static FAULT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

#[derive(FromPyObject)]
enum Given<'py> {
    Float(PyReadonlyArray1<'py, f64>),
    Int(PyReadonlyArray1<'py, i64>),
}

/// A column in one row of memory.
enum Row<'a> {
    Float(Cow<'a, [f64]>),
    Int(Cow<'a, [i64]>),
}

/// The longer bars. Arrays stand still meanwhile: the GIL is released. Raises BarFault; ValueError for columns that
/// do not go together.
#[pyfunction]
fn aggregate_bars<'py>(
    py: Python<'py>,
    times_ns: PyReadonlyArray1<'py, i64>,
    prices: [Given<'py>; 4],
    sums: Vec<Given<'py>>,
    sessions: (PyReadonlyArray1<'py, i64>, PyReadonlyArray1<'py, i64>),
    plan: Plan,
) -> PyResult<Columns<'py>> {
    let times_ns = row(&times_ns);
    let prices = prices.each_ref().map(Given::row);
    let sums: Vec<_> = sums.iter().map(Given::row).collect();
    let (starts_ns, ends_ns) = (row(&sessions.0), row(&sessions.1));
    let is_even = prices.iter().chain(&sums).all(|column| column.len() == times_ns.len());
    if !is_even || starts_ns.len() != ends_ns.len() {
        return Err(PyValueError::new_err("columns differ in length"));
    }
    let rows = BarColumns {
        times_ns: &times_ns,
        prices: prices_of(&prices)?,
        sums: sums.iter().map(Row::column).collect(),
    };
    let sessions = Sessions {
        starts_ns: &starts_ns,
        ends_ns: &ends_ns,
    };
    let (interval_ns, length_ns, is_filled, is_partial, end_ns) = plan;
    if interval_ns.is_some_and(|interval_ns| interval_ns < 0) || length_ns < 0 {
        return Err(PyValueError::new_err("a length of time is negative"));
    }
    let plan = BarPlan {
        interval_ns,
        length_ns,
        is_filled,
        is_partial,
        end_ns,
    };
    let made = py.detach(|| kernel(&rows, sessions, plan));
    made.map(|made| arrays(py, made)).map_err(|fault| raised(py, fault))
}

impl Given<'_> {
    fn row(&self) -> Row<'_> {
        match self {
            Self::Float(values) => Row::Float(row(values)),
            Self::Int(values) => Row::Int(row(values)),
        }
    }
}

impl Row<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Int(values) => values.len(),
        }
    }

    fn column(&self) -> Column<'_> {
        match self {
            Self::Float(values) => Column::Float(values),
            Self::Int(values) => Column::Int(values),
        }
    }
}

fn prices_of<'a>(prices: &'a [Row<'_>; 4]) -> PyResult<Prices<'a>> {
    match prices {
        [Row::Float(open), Row::Float(high), Row::Float(low), Row::Float(close)] => {
            Ok(Prices::Float([open, high, low, close]))
        }
        [Row::Int(open), Row::Int(high), Row::Int(low), Row::Int(close)] => Ok(Prices::Int([open, high, low, close])),
        _ => Err(PyValueError::new_err("prices are neither all int64 nor all float64")),
    }
}

fn arrays(py: Python<'_>, made: Aggregated) -> Columns<'_> {
    let array = |made: Made| match made {
        Made::Float(values) => values.into_pyarray(py).into_any(),
        Made::Int(values) => values.into_pyarray(py).into_any(),
    };
    let times_ns = [made.opens_ns, made.closes_ns].map(|times_ns| times_ns.into_pyarray(py).into_any());
    (
        times_ns,
        made.prices.map(array),
        made.sums.into_iter().map(array).collect(),
    )
}

fn raised(py: Python<'_>, fault: BarFault) -> PyErr {
    let place = |place: Option<usize>| place.map_or(-1, |place| i64::try_from(place).unwrap_or(i64::MAX));
    match FAULT.import(py, "flows.kernels.bar_fault", "BarFault") {
        Ok(class) => PyErr::from_type(class.clone(), (fault.rule as u8, place(fault.row), place(fault.column))),
        // The class is missing: its absence is the error to show.
        Err(missing) => missing,
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(aggregate_bars, module)?)
}
