"""Opens kernel states."""

from __future__ import annotations

from typing import TypeVar

from flows.contracts.codec import FrameError, decode
from flows.contracts.registry import SchemaIds
from flows.errors import StageRestoreError

State = TypeVar("State")


def open_state(ids: SchemaIds, message: bytes, kind: type[State]) -> State:
    """The state in `message`. Raises StageRestoreError if it is of another kind."""
    try:
        state = decode(message, ids)
    except FrameError as error:
        raise StageRestoreError(f"the snapshot cannot be read: {error}") from error
    if not isinstance(state, kind):
        raise StageRestoreError(f"the snapshot is a {type(state).__name__}, not a {kind.__name__}")
    return state


def same(field: str, found: object, configured: object) -> None:
    """Raises StageRestoreError if a state was made under another configuration."""
    if found != configured:
        raise StageRestoreError(
            f"{field} was {found} when the snapshot was taken and is {configured} now; go on with the old value, "
            "or delete the state and the outputs and start from the beginning of the log"
        )
