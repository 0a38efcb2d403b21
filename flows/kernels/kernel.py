"""What a kernel is: a pure state machine `(state, record) -> (state, outputs)`."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from flows.contracts.codec import Record
from flows.contracts.registry import SchemaIds
from flows.kernels.emit import Emit


class Position(NamedTuple):
    """Where a sequenced record stands."""

    partition: int
    offset: int


class Kernel(Protocol):
    """The state machine of one stage on one partition."""

    reads: frozenset[str]
    """Subjects of the records that change the state or make outputs; all others are skipped undecoded."""

    def on_record(self, cause: Position, record: Record, emit: Emit) -> None:
        """Takes one record. `cause` is the sequenced record behind it: itself in a sequenced topic, else its origin.

        Raises Refusal, with the state as it was and no output made; the stage writes the record to
        `ops.dead_letters`.
        """

    def snapshot(self, ids: SchemaIds) -> bytes:
        """The state, framed, in its schema of `schemas/state/`."""

    def restore(self, ids: SchemaIds, state: bytes) -> None:
        """Replaces the state by one that either twin wrote.

        Raises StageRestoreError if it is of another kernel or configuration; this kernel is then unchanged.
        """
