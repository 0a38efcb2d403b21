//! Snapshots: the bytes that both engines write and take up.

use contracts::{Kind, Record, SchemaIds, decode, encode};
use kernels::matching::MatchingEngine as Kernel;
use pyo3::prelude::*;

use crate::errors;

/// The engine's state, framed.
pub(super) fn message(kernel: &Kernel, symbol: &str) -> Vec<u8> {
    let mut message = Vec::new();
    let state = Record::MatchingState(kernel.snapshot(symbol));
    encode(&SchemaIds::embedded(), &state, &mut message);
    message
}

/// The engine that a snapshot tells of, if it is of these terms.
pub(super) fn restored(symbol: &str, tick_size: i64, lot_size: i64, message: &[u8]) -> PyResult<Kernel> {
    let bad = |problem: String| errors::raise("StageRestoreError", problem);
    let record = decode(&SchemaIds::embedded(), message)
        .map_err(|error| bad(format!("the snapshot cannot be read: {error}")))?;
    let Record::MatchingState(state) = record else {
        let (found, expected) = (record.kind().name(), Kind::MatchingState.name());
        return Err(bad(format!("the snapshot is a {found}, not a {expected}")));
    };
    let found = (state.symbol, state.tick_size, state.lot_size);
    let own = (symbol, tick_size, lot_size);
    if found != own {
        return Err(bad(format!(
            "symbol, tick_size and lot_size were {found:?} when the snapshot was taken and are {own:?} now; make \
             the engine with the old ones"
        )));
    }
    Kernel::restore(&state).map_err(errors::of)
}
