//! What is read from a book, as rows that `flows/matching/shared_calls.py` gives names to.

use kernels::matching::{Depth, Event, OrderView};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;

/// Ids, codes, post-only and numbers of an order: `OrderRow` in Python.
pub(super) type OrderRow = (
    u64,
    u64,
    u32,
    (u8, u8, u8, u8),
    bool,
    (i64, i64, i64, i64, i64, i64, i64),
);
/// Price, displayed quantity, orders.
pub(super) type LevelRow = (i64, i64, u32);
/// Events, and a byte for each command.
pub(super) type BatchRows<'py> = (Bound<'py, PyArray1<i64>>, Bound<'py, PyArray1<u8>>);

pub(super) fn of_order(view: &OrderView) -> OrderRow {
    let codes = (
        view.side as u8,
        view.kind as u8,
        view.time_in_force as u8,
        view.self_trade as u8,
    );
    let numbers = (
        view.price,
        view.stop_price,
        view.quantity,
        view.open_quantity,
        view.displayed,
        view.display_quantity,
        view.expires_ns,
    );
    (view.order_id, view.entry, view.owner, codes, view.post_only, numbers)
}

pub(super) fn of_level(level: Depth) -> LevelRow {
    (level.price, level.displayed, level.orders)
}

/// The events' own memory, without a copy: ten numbers each. Python sees it as EVENT.
pub(super) fn of_events(py: Python<'_>, events: Vec<Event>) -> Bound<'_, PyArray1<i64>> {
    bytemuck::cast_vec::<Event, i64>(events).into_pyarray(py)
}
