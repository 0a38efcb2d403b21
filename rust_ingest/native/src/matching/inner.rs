//! The engine behind its lock: commands at their time, and what came of the last one.

use kernels::matching::{Action, Command, Event, EventKind, MatchingEngine as Kernel, Rejection};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::fill::fills;
use super::rejected::rejected;

pub(super) struct Inner {
    pub(super) kernel: Kernel,
    /// Of the last call that was no batch.
    pub(super) events: Vec<Event>,
}

impl Inner {
    pub(super) fn new(kernel: Kernel) -> Self {
        Self {
            kernel,
            events: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn time(&self, time_ns: Option<i64>) -> i64 {
        time_ns.unwrap_or_else(|| self.kernel.time_ns())
    }

    /// A command about an order, by the owner named or by its own.
    #[inline]
    pub(super) fn named(&self, action: Action, order_id: u64, owner: Option<u32>, time_ns: Option<i64>) -> Command {
        let own = || self.kernel.order(order_id).map_or(0, |view| view.owner);
        Command {
            time_ns: self.time(time_ns),
            order_id,
            owner: owner.unwrap_or_else(own),
            action: action as u8,
            ..Command::default()
        }
    }

    #[inline]
    pub(super) fn apply(&mut self, command: &Command) -> Result<(), Rejection> {
        self.events.clear();
        self.kernel.apply(command, &mut self.events)
    }

    /// Applies all, in order; the events, and for each command 0 or why it was rejected.
    pub(super) fn apply_all(&mut self, commands: &[Command]) -> (Vec<Event>, Vec<u8>) {
        self.events.clear();
        // Most commands make two events.
        let (mut events, mut reasons) = (Vec::with_capacity(2 * commands.len()), Vec::new());
        self.kernel.apply_all(commands, &mut events, &mut reasons);
        (events, reasons)
    }

    #[inline]
    pub(super) fn accepted(&mut self, py: Python<'_>, command: &Command) -> PyResult<()> {
        self.apply(command)
            .map_err(|rejection| rejected(py, rejection, command.order_id))
    }

    #[inline]
    pub(super) fn fills<'py>(&mut self, py: Python<'py>, command: &Command) -> PyResult<Bound<'py, PyList>> {
        self.accepted(py, command)?;
        fills(py, &self.events)
    }

    pub(super) fn cancelled(&self) -> Vec<u64> {
        let cancelled = self
            .events
            .iter()
            .filter(|event| event.kind == EventKind::Cancelled as u8);
        cancelled.map(|event| event.order_id).collect()
    }
}
