//! A book of price levels: twin of `flows.kernels.l2_book.L2Book`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use kernels::Scale;
use kernels::l2_book::{BookError, KrakenDecimals, L2Book as Kernel, Level, check};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::book_values as values;
use crate::errors;
use crate::identity::SchemaIds;

/// Price and quantity exponents.
pub type Exponents = (i32, i32);

/// A book in which quantity 0 removes a level.
#[pyclass(module = "flows._native", frozen)]
pub struct L2Book {
    kernel: Mutex<Kernel>,
}

#[pymethods]
impl L2Book {
    /// `depth_max`: how many levels a side are subscribed; None for a whole book. Raises BookError unless it is positive.
    #[new]
    #[pyo3(signature = (depth_max=None))]
    fn new(depth_max: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        Ok(Self::of(empty(depth_max)?))
    }

    fn __len__(&self) -> usize {
        self.kernel().len()
    }

    /// How many levels a side are kept; None for all.
    #[getter]
    fn depth_max(&self) -> Option<i32> {
        self.kernel().depth_max()
    }

    /// Forgets everything and starts from a snapshot, whose levels may come in any order. Raises BookError.
    fn load(&self, bids: &Bound<'_, PyAny>, asks: &Bound<'_, PyAny>) -> PyResult<()> {
        let levels = values::levels_of(bids, asks)?;
        self.kernel().load(&levels);
        Ok(())
    }

    /// Sets each level to its new quantity, in order. Raises BookError.
    fn apply(&self, bids: &Bound<'_, PyAny>, asks: &Bound<'_, PyAny>) -> PyResult<()> {
        let levels = values::levels_of(bids, asks)?;
        self.kernel().apply(&levels);
        Ok(())
    }

    /// `apply` of one bid.
    fn set_bid(&self, price: &Bound<'_, PyAny>, quantity: &Bound<'_, PyAny>) -> PyResult<()> {
        let level = values::level_of_values(price, quantity)?;
        self.kernel().set_bid(level.price, level.quantity);
        Ok(())
    }

    /// `apply` of one ask.
    fn set_ask(&self, price: &Bound<'_, PyAny>, quantity: &Bound<'_, PyAny>) -> PyResult<()> {
        let level = values::level_of_values(price, quantity)?;
        self.kernel().set_ask(level.price, level.quantity);
        Ok(())
    }

    /// `set_bid` or `set_ask` of each row, in order, without the GIL. Raises BookError.
    fn set_levels(
        &self,
        py: Python<'_>,
        is_bid: PyReadonlyArray1<'_, bool>,
        prices: PyReadonlyArray1<'_, i64>,
        quantities: PyReadonlyArray1<'_, i64>,
    ) -> PyResult<()> {
        let (is_bid, prices, quantities) = (is_bid.as_array(), prices.as_array(), quantities.as_array());
        let lengths = (is_bid.len(), prices.len(), quantities.len());
        if lengths.0 != lengths.1 || lengths.0 != lengths.2 {
            return Err(errors::of(BookError::Columns { lengths }));
        }
        let levels = prices.iter().zip(&quantities).map(|(price, quantity)| Level {
            price: *price,
            quantity: *quantity,
        });
        // Copied and checked with the GIL: Python may change its arrays afterwards.
        let rows: Vec<_> = is_bid.iter().copied().zip(levels).collect();
        rows.iter()
            .try_for_each(|(_, level)| check(level))
            .map_err(errors::of)?;
        py.detach(|| {
            let mut kernel = self.kernel();
            for (is_bid, level) in rows {
                match is_bid {
                    true => kernel.set_bid(level.price, level.quantity),
                    false => kernel.set_ask(level.price, level.quantity),
                }
            }
        });
        Ok(())
    }

    /// The book as it is now.
    fn copy(&self) -> Self {
        Self::of(self.kernel().clone())
    }

    /// Forgets all levels.
    fn clear(&self) {
        self.kernel().clear();
    }

    /// The best level of each side.
    fn top<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let top = self.kernel().top();
        values::top(py, top)
    }

    /// The best `count` bids, or all, best first.
    #[pyo3(signature = (count=None))]
    fn bids<'py>(&self, py: Python<'py>, count: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        let levels: Vec<_> = self.kernel().bids().take(all_or(count)).collect();
        values::list(py, levels)
    }

    /// The best `count` asks, or all, best first.
    #[pyo3(signature = (count=None))]
    fn asks<'py>(&self, py: Python<'py>, count: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        let levels: Vec<_> = self.kernel().asks().take(all_or(count)).collect();
        values::list(py, levels)
    }

    /// Best bid and best ask are the same price.
    #[getter]
    fn is_locked(&self) -> bool {
        self.kernel().is_locked()
    }

    /// The best bid is above the best ask.
    #[getter]
    fn is_crossed(&self) -> bool {
        self.kernel().is_crossed()
    }

    /// What the best `count` levels of each side hold, or all.
    #[pyo3(signature = (count=None))]
    fn depth<'py>(&self, py: Python<'py>, count: Option<usize>) -> PyResult<Bound<'py, PyAny>> {
        let depth = self.kernel().depth(all_or(count));
        values::depth(py, depth)
    }

    /// (bids - asks) / (bids + asks) over the best `count` levels of each side, or all; None for an empty book.
    #[pyo3(signature = (count=None))]
    fn imbalance(&self, count: Option<usize>) -> Option<f64> {
        self.kernel().imbalance(all_or(count))
    }

    /// The mid weighed by the quantity on the other side, in price units; None where a side is empty.
    fn microprice(&self) -> Option<f64> {
        self.kernel().microprice()
    }

    /// How fast the best `count` levels of each side, or all, add up away from the mid, in quantity units per price unit;
    /// None where a side is empty, and where the book is locked or crossed.
    #[pyo3(signature = (count=None))]
    fn depth_slopes<'py>(&self, py: Python<'py>, count: Option<usize>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let slopes = self.kernel().depth_slopes(all_or(count));
        slopes.map(|slopes| values::depth_slopes(py, slopes)).transpose()
    }

    /// What it costs to buy `quantity` out of the asks at once. Raises BookError unless the quantity is positive.
    fn sweep_asks<'py>(&self, py: Python<'py>, quantity: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let wanted = quantity_of(quantity)?;
        let swept = self.kernel().sweep_asks(wanted).map_err(errors::of)?;
        values::sweep(py, swept)
    }

    /// What selling `quantity` into the bids at once brings. Raises BookError unless the quantity is positive.
    fn sweep_bids<'py>(&self, py: Python<'py>, quantity: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let wanted = quantity_of(quantity)?;
        let swept = self.kernel().sweep_bids(wanted).map_err(errors::of)?;
        values::sweep(py, swept)
    }

    /// What Kraken says of this book. Raises BookError for a level that it cannot have written.
    fn kraken_checksum(&self, scale: Exponents, decimals: Exponents) -> PyResult<u32> {
        let checksum = self.kernel().kraken_checksum(scale_of(scale), decimals_of(decimals));
        checksum.map_err(errors::of)
    }

    /// What OKX says of this book. Raises BookError for exponents that no instrument has.
    fn okx_checksum(&self, scale: Exponents) -> PyResult<i32> {
        self.kernel().okx_checksum(scale_of(scale)).map_err(errors::of)
    }

    /// The book, framed; either twin can take it up.
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

impl L2Book {
    pub fn of(kernel: Kernel) -> Self {
        Self {
            kernel: Mutex::new(kernel),
        }
    }

    fn kernel(&self) -> MutexGuard<'_, Kernel> {
        self.kernel.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An empty book of that depth.
pub fn empty(depth_max: Option<&Bound<'_, PyAny>>) -> PyResult<Kernel> {
    let Some(depth) = depth_max else {
        return Ok(Kernel::default());
    };
    let limit = values::narrow(depth, |depth| {
        format!(
            "depth {depth} is not between 1 and {}; leave it out for a whole book",
            i32::MAX
        )
    })?;
    Kernel::limited(limit).map_err(errors::of)
}

pub fn scale_of((price, quantity): Exponents) -> Scale {
    Scale::new(price, quantity)
}

pub fn decimals_of((price, quantity): Exponents) -> KrakenDecimals {
    KrakenDecimals { price, quantity }
}

fn all_or(count: Option<usize>) -> usize {
    count.unwrap_or(usize::MAX)
}

fn quantity_of(quantity: &Bound<'_, PyAny>) -> PyResult<i64> {
    values::narrow(quantity, |quantity| {
        format!(
            "quantity {quantity} is not between 1 and {}; ask for what can be traded",
            i64::MAX
        )
    })
}

pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<L2Book>()
}
