//! The matching engine of one symbol.

mod fill;
mod inner;
mod order;
mod rejected;
mod rows;
mod state;

use std::sync::{LockResult, Mutex, MutexGuard};

use kernels::matching::{Action, BadRules, BadState, Command, Event, MatchingEngine as Kernel, Rejection, Rules, Side};
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyList};

use crate::errors::{self, Raise};
use fill::Fill;
use inner::Inner;
use order::Order;
use rejected::rejected;
use rows::{BatchRows, LevelRow, OrderRow};

impl Raise for BadRules {
    const CLASS: &'static str = "MatchingConfigError";
}

impl Raise for BadState {
    const CLASS: &'static str = "StageRestoreError";
}

/// The book of one symbol; `flows/matching/matching.py` says what each call does.
#[pyclass(module = "flows._native", frozen, subclass)]
pub struct MatchingEngine {
    #[pyo3(get)]
    symbol: String,
    #[pyo3(get)]
    tick_size: i64,
    #[pyo3(get)]
    lot_size: i64,
    inner: Mutex<Inner>,
}

#[pymethods]
impl MatchingEngine {
    #[new]
    #[pyo3(signature = (symbol, *, tick_size = 1, lot_size = 1, lowest_price = None, highest_price = None, last_price = None))]
    fn new(
        symbol: String,
        tick_size: i64,
        lot_size: i64,
        lowest_price: Option<i64>,
        highest_price: Option<i64>,
        last_price: Option<i64>,
    ) -> PyResult<Self> {
        let rules = Rules {
            tick_size,
            lot_size,
            band_low: lowest_price.unwrap_or(0),
            band_high: highest_price.unwrap_or(0),
            last_price: last_price.unwrap_or(0),
        };
        let kernel = Kernel::new(rules).map_err(errors::of)?;
        Ok(Self {
            symbol,
            tick_size,
            lot_size,
            inner: Mutex::new(Inner::new(kernel)),
        })
    }

    #[getter]
    fn time_ns(&self, py: Python<'_>) -> i64 {
        self.lock(py).kernel.time_ns()
    }

    #[getter]
    fn sequence(&self, py: Python<'_>) -> u64 {
        self.lock(py).kernel.sequence()
    }

    #[getter]
    fn phase_code(&self, py: Python<'_>) -> u8 {
        self.lock(py).kernel.phase() as u8
    }

    #[getter]
    fn last_price(&self, py: Python<'_>) -> Option<i64> {
        priced(self.lock(py).kernel.last_price())
    }

    #[getter]
    fn bands(&self, py: Python<'_>) -> (Option<i64>, Option<i64>) {
        let (lowest, highest) = self.lock(py).kernel.bands();
        (priced(lowest), priced(highest))
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.lock(py).kernel.len()
    }

    fn __contains__(&self, order_id: &Bound<'_, PyAny>) -> bool {
        let id = order_id.extract::<u64>().ok();
        id.is_some_and(|id| self.lock(order_id.py()).kernel.order(id).is_some())
    }

    #[pyo3(signature = (order, *, time_ns = None))]
    fn add_order<'py>(&self, order: &Bound<'py, Order>, time_ns: Option<i64>) -> PyResult<Bound<'py, PyList>> {
        let py = order.py();
        let mut inner = self.lock(py);
        let command = order.get().at(inner.time(time_ns));
        inner.fills(py, &command)
    }

    #[pyo3(signature = (order_id, *, owner = None, time_ns = None))]
    fn cancel_order(&self, py: Python<'_>, order_id: u64, owner: Option<u32>, time_ns: Option<i64>) -> PyResult<bool> {
        let mut inner = self.lock(py);
        let command = inner.named(Action::Cancel, order_id, owner, time_ns);
        match inner.apply(&command) {
            Ok(()) => Ok(true),
            Err(Rejection::UnknownOrder) => Ok(false),
            Err(rejection) => Err(rejected(py, rejection, order_id)),
        }
    }

    #[pyo3(signature = (order_id, *, price = None, quantity = None, stop_price = None, owner = None, time_ns = None))]
    #[expect(clippy::too_many_arguments, reason = "all but the first are named in a call")]
    fn modify_order<'py>(
        &self,
        py: Python<'py>,
        order_id: u64,
        price: Option<i64>,
        quantity: Option<i64>,
        stop_price: Option<i64>,
        owner: Option<u32>,
        time_ns: Option<i64>,
    ) -> PyResult<Bound<'py, PyList>> {
        let mut inner = self.lock(py);
        let command = Command {
            price: given(price),
            quantity: given(quantity),
            stop_price: given(stop_price),
            ..inner.named(Action::Replace, order_id, owner, time_ns)
        };
        inner.fills(py, &command)
    }

    #[pyo3(signature = (order_id, quantity, *, owner = None, time_ns = None))]
    fn reduce_order(
        &self,
        py: Python<'_>,
        order_id: u64,
        quantity: i64,
        owner: Option<u32>,
        time_ns: Option<i64>,
    ) -> PyResult<()> {
        let mut inner = self.lock(py);
        let command = Command {
            quantity,
            ..inner.named(Action::Reduce, order_id, owner, time_ns)
        };
        inner.accepted(py, &command)
    }

    #[pyo3(signature = (*, owner = None, side = None, time_ns = None))]
    fn mass_cancel(
        &self,
        py: Python<'_>,
        owner: Option<u32>,
        side: Option<u8>,
        time_ns: Option<i64>,
    ) -> PyResult<Vec<u64>> {
        if owner == Some(0) {
            return Err(PyValueError::new_err(
                "owner 0 is nobody; leave the owner out to cancel everybody's orders",
            ));
        }
        let side = side.map(side_of).transpose()?;
        let mut inner = self.lock(py);
        let command = Command {
            time_ns: inner.time(time_ns),
            ..Command::mass_cancel(owner.unwrap_or(0), side)
        };
        inner.accepted(py, &command)?;
        Ok(inner.cancelled())
    }

    #[pyo3(signature = (phase, *, time_ns = None))]
    fn set_phase<'py>(&self, py: Python<'py>, phase: u8, time_ns: Option<i64>) -> PyResult<Bound<'py, PyList>> {
        let mut inner = self.lock(py);
        let command = Command {
            time_ns: inner.time(time_ns),
            action: Action::Phase as u8,
            phase,
            ..Command::default()
        };
        inner.fills(py, &command)
    }

    #[pyo3(signature = (lowest, highest, *, time_ns = None))]
    fn set_bands(
        &self,
        py: Python<'_>,
        lowest: Option<i64>,
        highest: Option<i64>,
        time_ns: Option<i64>,
    ) -> PyResult<()> {
        let mut inner = self.lock(py);
        let command = Command {
            time_ns: inner.time(time_ns),
            ..Command::bands(lowest.unwrap_or(0), highest.unwrap_or(0))
        };
        inner.accepted(py, &command)
    }

    fn advance(&self, py: Python<'_>, time_ns: i64) -> PyResult<Vec<u64>> {
        let mut inner = self.lock(py);
        inner.accepted(py, &Command::time(time_ns))?;
        Ok(inner.cancelled())
    }

    fn event_rows<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        rows::of_events(py, self.lock(py).events.clone())
    }

    /// Takes an aligned row of COMMAND, which stands still meanwhile: the GIL is released.
    fn apply_rows<'py>(&self, commands: &Bound<'py, PyAny>) -> PyResult<BatchRows<'py>> {
        let py = commands.py();
        let numbers: PyReadonlyArray1<'py, i64> = commands.call_method1("view", ("<i8",))?.extract()?;
        let numbers = numbers.as_slice()?;
        let commands: &[Command] =
            bytemuck::try_cast_slice(numbers).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(self.batch(py, |inner| inner.apply_all(commands)))
    }

    /// Takes new orders at the engine's time.
    fn add_each<'py>(&self, py: Python<'py>, orders: Vec<Bound<'py, Order>>) -> BatchRows<'py> {
        let mut commands: Vec<Command> = orders.iter().map(|order| order.get().at(0)).collect();
        self.batch(py, |inner| {
            // Under the lock: another thread may move the time until then.
            let time_ns = inner.time(None);
            commands.iter_mut().for_each(|command| command.time_ns = time_ns);
            inner.apply_all(&commands)
        })
    }

    fn level_rows(&self, py: Python<'_>, side: u8, depth: Option<usize>) -> PyResult<Vec<LevelRow>> {
        let side = side_of(side)?;
        Ok(self.lock(py).kernel.depth(side, depth).map(rows::of_level).collect())
    }

    fn order_rows(&self, py: Python<'_>, side: u8, waiting: bool) -> PyResult<Vec<OrderRow>> {
        let side = side_of(side)?;
        let kernel = &self.lock(py).kernel;
        Ok(match waiting {
            true => kernel.stops(side).map(|view| rows::of_order(&view)).collect(),
            false => kernel.orders(side).map(|view| rows::of_order(&view)).collect(),
        })
    }

    fn order_row(&self, py: Python<'_>, order_id: u64) -> Option<OrderRow> {
        self.lock(py).kernel.order(order_id).map(|view| rows::of_order(&view))
    }

    fn queue_row(&self, py: Python<'_>, order_id: u64) -> Option<(u64, i64)> {
        self.lock(py).kernel.queue_position(order_id)
    }

    fn snapshot<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &state::message(&self.lock(py).kernel, &self.symbol))
    }

    fn restore(&self, py: Python<'_>, state: &[u8]) -> PyResult<()> {
        let kernel = state::restored(&self.symbol, self.tick_size, self.lot_size, state)?;
        *self.lock(py) = Inner::new(kernel);
        Ok(())
    }
}

impl MatchingEngine {
    /// Waits for other threads, without the GIL if it must.
    #[inline]
    fn lock(&self, py: Python<'_>) -> MutexGuard<'_, Inner> {
        sound(self.inner.lock_py_attached(py))
    }

    /// Does it without the GIL.
    fn batch<'py>(
        &self,
        py: Python<'py>,
        apply: impl Send + FnOnce(&mut Inner) -> (Vec<Event>, Vec<u8>),
    ) -> BatchRows<'py> {
        let (events, reasons) = py.detach(|| apply(&mut sound(self.inner.lock())));
        (rows::of_events(py, events), reasons.into_pyarray(py))
    }
}

/// A call that panicked may have left half a book: nothing is done with it any more.
#[inline]
fn sound(lock: LockResult<MutexGuard<'_, Inner>>) -> MutexGuard<'_, Inner> {
    lock.unwrap_or_else(|_| panic!("an earlier call of this engine panicked; make a new one and restore a snapshot"))
}

/// What a replace changes: 0 leaves it. A 0 that was asked for is no price or quantity, and is to be rejected.
fn given(value: Option<i64>) -> i64 {
    match value {
        None => 0,
        Some(0) => -1,
        Some(value) => value,
    }
}

fn priced(price: i64) -> Option<i64> {
    (price != 0).then_some(price)
}

fn side_of(code: u8) -> PyResult<Side> {
    Side::try_from(code).map_err(|_| PyValueError::new_err(format!("{code} is not a valid Side")))
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Fill>()?;
    module.add_class::<MatchingEngine>()?;
    module.add_class::<Order>()
}
