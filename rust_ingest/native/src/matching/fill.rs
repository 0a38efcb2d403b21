//! A trade, as Python sees it.

use kernels::matching::{Event, EventKind, UNCROSSING};
use pyo3::prelude::*;
use pyo3::types::PyList;

/// A trade of an order that came in with one that rested.
#[pyclass(module = "flows._native", frozen, get_all, eq)]
#[derive(PartialEq)]
pub struct Fill {
    sequence: u64,
    time_ns: i64,
    order_id: u64,
    maker_id: u64,
    owner: u32,
    maker_owner: u32,
    side: u8,
    price: i64,
    quantity: i64,
    left: i64,
    maker_left: i64,
    auction: bool,
}

#[pymethods]
impl Fill {
    #[new]
    #[pyo3(signature = (
        *, sequence, time_ns, order_id, maker_id, owner, maker_owner, side, price, quantity, left, maker_left, auction
    ))]
    #[expect(clippy::too_many_arguments, reason = "a trade has them; all are named in a call")]
    fn new(
        sequence: u64,
        time_ns: i64,
        order_id: u64,
        maker_id: u64,
        owner: u32,
        maker_owner: u32,
        side: u8,
        price: i64,
        quantity: i64,
        left: i64,
        maker_left: i64,
        auction: bool,
    ) -> Self {
        Self {
            sequence,
            time_ns,
            order_id,
            maker_id,
            owner,
            maker_owner,
            side,
            price,
            quantity,
            left,
            maker_left,
            auction,
        }
    }

    fn __repr__(&self) -> String {
        let Self {
            order_id,
            maker_id,
            side,
            price,
            quantity,
            ..
        } = self;
        format!("Fill(order_id={order_id}, maker_id={maker_id}, side={side}, price={price}, quantity={quantity})")
    }
}

/// The trades among the events.
pub(super) fn fills<'py>(py: Python<'py>, events: &[Event]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for event in events.iter().filter(|event| event.kind == EventKind::Traded as u8) {
        list.append(Bound::new(py, of(event))?)?;
    }
    Ok(list)
}

fn of(event: &Event) -> Fill {
    Fill {
        sequence: event.sequence,
        time_ns: event.time_ns,
        order_id: event.order_id,
        maker_id: event.other,
        owner: event.owner,
        maker_owner: event.other_owner,
        side: event.side,
        price: event.price,
        quantity: event.quantity,
        left: event.left,
        maker_left: event.other_left,
        auction: event.flags & UNCROSSING != 0,
    }
}
