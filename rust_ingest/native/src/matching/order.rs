//! A new order, as Python makes it.

use kernels::matching::{Action, Command};
use pyo3::prelude::*;

/// What is asked for; the engine says whether it can be had.
#[pyclass(module = "flows._native", frozen)]
pub struct Order {
    /// At time 0.
    command: Command,
}

#[pymethods]
impl Order {
    /// A limit order, gtc, without prevention of self-trades, where nothing else is said.
    #[new]
    #[pyo3(signature = (
        order_id, side, quantity, price = 0, *, kind = 1, time_in_force = 1, owner = 0, stop_price = 0, display_quantity = 0,
        expires_ns = 0, post_only = false, self_trade = 0
    ))]
    #[expect(
        clippy::too_many_arguments,
        reason = "an order has them; all but four are named in a call"
    )]
    fn new(
        order_id: u64,
        side: u8,
        quantity: i64,
        price: i64,
        kind: u8,
        time_in_force: u8,
        owner: u32,
        stop_price: i64,
        display_quantity: i64,
        expires_ns: i64,
        post_only: bool,
        self_trade: u8,
    ) -> Self {
        let command = Command {
            order_id,
            price,
            quantity,
            stop_price,
            display_quantity,
            expires_ns,
            owner,
            action: Action::New as u8,
            side,
            kind,
            time_in_force,
            self_trade,
            post_only: post_only.into(),
            ..Command::default()
        };
        Self { command }
    }

    #[getter]
    fn order_id(&self) -> u64 {
        self.command.order_id
    }

    #[getter]
    fn side(&self) -> u8 {
        self.command.side
    }

    #[getter]
    fn quantity(&self) -> i64 {
        self.command.quantity
    }

    #[getter]
    fn price(&self) -> i64 {
        self.command.price
    }

    #[getter]
    fn kind(&self) -> u8 {
        self.command.kind
    }

    #[getter]
    fn time_in_force(&self) -> u8 {
        self.command.time_in_force
    }

    #[getter]
    fn owner(&self) -> u32 {
        self.command.owner
    }

    #[getter]
    fn stop_price(&self) -> i64 {
        self.command.stop_price
    }

    #[getter]
    fn display_quantity(&self) -> i64 {
        self.command.display_quantity
    }

    #[getter]
    fn expires_ns(&self) -> i64 {
        self.command.expires_ns
    }

    #[getter]
    fn post_only(&self) -> bool {
        self.command.post_only != 0
    }

    #[getter]
    fn self_trade(&self) -> u8 {
        self.command.self_trade
    }

    fn __repr__(&self) -> String {
        let Command {
            order_id,
            side,
            quantity,
            price,
            kind,
            time_in_force,
            ..
        } = self.command;
        format!(
            "Order({order_id}, side={side}, quantity={quantity}, price={price}, kind={kind}, time_in_force={time_in_force})"
        )
    }
}

impl Order {
    #[inline]
    pub(super) fn at(&self, time_ns: i64) -> Command {
        Command {
            time_ns,
            ..self.command
        }
    }
}
