//! What a kernel is: a pure state machine `(state, record) -> (state, outputs)`.

use contracts::{Kind, Record, SchemaIds};

use crate::{Emit, Refusal, RestoreError};

/// Where a sequenced record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub partition: i32,
    pub offset: i64,
}

/// The state machine of one stage on one partition.
pub trait Kernel: Send {
    /// Whether records of this kind change the state or make outputs; all others are skipped undecoded.
    fn reads(&self, kind: Kind) -> bool;

    /// Takes one record. `cause` is the sequenced record behind it: itself in a sequenced topic, else its origin.
    ///
    /// # Errors
    /// A refusal leaves the state as it was and made no output; the stage writes the record to `ops.dead_letters`.
    fn on_record(&mut self, cause: Position, record: &Record<'_>, emit: &mut Emit<'_>) -> Result<(), Refusal>;

    /// Appends the state, framed, in its schema of `schemas/state/`.
    fn snapshot(&self, ids: &SchemaIds, out: &mut Vec<u8>);

    /// Replaces the state by one that either twin wrote.
    ///
    /// # Errors
    /// The state is of another kernel, or was made under another configuration; this kernel is then unchanged.
    fn restore(&mut self, ids: &SchemaIds, state: &[u8]) -> Result<(), RestoreError>;
}
