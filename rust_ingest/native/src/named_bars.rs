//! Columns of ticks into bars: twin of `flows.kernels.named_bars`.

use contracts::Bar;
use kernels::Scale;
use kernels::named_bars::{RefusedTick, TickColumns, Ticks, named_bars as kernel};
use numpy::{IntoPyArray, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use crate::array_row::row;
use crate::errors;

/// Bars' fields of whole numbers, their notional, and what may be missing, each with its name; then the number of each
/// bar's series, and their names.
type Columns<'py> = (Vec<(&'static str, Bound<'py, PyAny>)>, Bound<'py, PyAny>, Vec<String>);
type Whole = (&'static str, fn(&Bar<'_>) -> i64);
type Float = (&'static str, fn(&Bar<'_>) -> f64);

static FAULT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

const WHOLES: [Whole; 22] = [
    ("open_ns", |bar| bar.open_ns),
    ("close_ns", |bar| bar.close_ns),
    ("open", |bar| bar.open),
    ("high", |bar| bar.high),
    ("low", |bar| bar.low),
    ("close", |bar| bar.close),
    ("volume", |bar| bar.volume),
    ("vwap", |bar| bar.vwap),
    ("trade_count", |bar| bar.trade_count),
    ("buy_volume", |bar| bar.buy_volume),
    ("sell_volume", |bar| bar.sell_volume),
    ("buy_after_buy", |bar| bar.buy_after_buy),
    ("sell_after_buy", |bar| bar.sell_after_buy),
    ("buy_after_sell", |bar| bar.buy_after_sell),
    ("sell_after_sell", |bar| bar.sell_after_sell),
    ("quote_count", |bar| bar.quote_count),
    ("order_flow_imbalance", |bar| bar.order_flow_imbalance),
    ("late_count", |bar| i64::from(bar.late_count)),
    ("first_offset", |bar| bar.first_offset),
    ("last_offset", |bar| bar.last_offset),
    ("offset", |bar| bar.origin.offset),
    ("interval_ns", |bar| bar.interval_ns),
];
const FLOATS: [Float; 5] = [
    ("notional", |bar| bar.notional as f64),
    ("bid_price", |bar| or_nan(bar.bid_price)),
    ("bid_quantity", |bar| or_nan(bar.bid_quantity)),
    ("ask_price", |bar| or_nan(bar.ask_price)),
    ("ask_quantity", |bar| or_nan(bar.ask_quantity)),
];

#[derive(Default)]
struct Made {
    wholes: [Vec<i64>; WHOLES.len()],
    floats: [Vec<f64>; FLOATS.len()],
    series: Vec<i64>,
    names: Vec<String>,
}

/// The bars of ticks in columns: price and quantity of trades, or bid's and ask's of quotes. Arrays stand still meanwhile:
/// the GIL is released. Raises StageConfigError, RefusedTick; ValueError for columns that do not go together.
#[pyfunction]
fn named_bars<'py>(
    py: Python<'py>,
    config: &str,
    exponents: (i32, i32),
    event_ns: PyReadonlyArray1<'py, i64>,
    numbers: Vec<PyReadonlyArray1<'py, i64>>,
    bought: Option<PyReadonlyArray1<'py, bool>>,
) -> PyResult<Columns<'py>> {
    let event_ns = row(&event_ns);
    let bought = bought.as_ref().map(row);
    let numbers: Vec<_> = numbers.iter().map(row).collect();
    let mut lengths = numbers.iter().map(|column| column.len());
    let is_even = lengths.all(|length| length == event_ns.len());
    if !is_even || bought.as_ref().is_some_and(|bought| bought.len() != event_ns.len()) {
        return Err(PyValueError::new_err("columns differ in length"));
    }
    let ticks = match numbers.as_slice() {
        [price, quantity] => Ticks::Trades {
            price,
            quantity,
            bought: bought.as_deref(),
        },
        [bid_price, bid_quantity, ask_price, ask_quantity] => Ticks::Quotes {
            bid_price,
            bid_quantity,
            ask_price,
            ask_quantity,
        },
        _ => {
            return Err(PyValueError::new_err(
                "columns are neither two of trades nor four of quotes",
            ));
        }
    };
    let columns = TickColumns {
        scale: Scale::new(exponents.0, exponents.1),
        event_ns: &event_ns,
        ticks,
    };
    let mut made = Made::default();
    let done = py.detach(|| kernel(config, &columns, |bar| made.push(bar)));
    done.map_err(errors::of)?.map_err(|refused| raised(py, &refused))?;
    Ok(made.columns(py))
}

impl Made {
    fn push(&mut self, bar: &Bar<'_>) {
        for (column, (_, of)) in self.wholes.iter_mut().zip(WHOLES) {
            column.push(of(bar));
        }
        for (column, (_, of)) in self.floats.iter_mut().zip(FLOATS) {
            column.push(of(bar));
        }
        let known = self.names.iter().position(|name| name == bar.series);
        let number = known.unwrap_or_else(|| {
            self.names.push(bar.series.to_owned());
            self.names.len() - 1
        });
        self.series.push(number as i64);
    }

    fn columns(self, py: Python<'_>) -> Columns<'_> {
        let wholes = WHOLES.into_iter().zip(self.wholes);
        let wholes = wholes.map(|((name, _), values)| (name, values.into_pyarray(py).into_any()));
        let floats = FLOATS.into_iter().zip(self.floats);
        let floats = floats.map(|((name, _), values)| (name, values.into_pyarray(py).into_any()));
        let series = self.series.into_pyarray(py).into_any();
        (wholes.chain(floats).collect(), series, self.names)
    }
}

fn or_nan(value: Option<i64>) -> f64 {
    value.map_or(f64::NAN, |value| value as f64)
}

fn raised(py: Python<'_>, refused: &RefusedTick) -> PyErr {
    let (reason, detail) = (refused.refusal.reason(), refused.refusal.to_string());
    match FAULT.import(py, "flows.kernels.refused_tick", "RefusedTick") {
        Ok(class) => PyErr::from_type(class.clone(), (refused.row, reason, detail)),
        // The class is missing: its absence is the error to show.
        Err(missing) => missing,
    }
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(named_bars, module)?)
}
