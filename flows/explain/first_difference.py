"""Where two records of one origin part."""

from __future__ import annotations

from typing import Any

from flows.contracts.codec import FrameError, decode
from flows.contracts.registry import SchemaIds
from flows.explain.readable import fields, kind


def first_difference(written: bytes, derived: bytes | None, ids: SchemaIds) -> str | None:
    """The first field that differs, in the schema's order, with both values; None if the bytes are the same.

    Raises FrameError if what is `written` is no record."""
    if derived is None:
        return "the stages make nothing of that origin now"
    if written == derived:
        return None
    ours = decode(written, ids)
    try:
        theirs = decode(derived, ids)
    except FrameError as error:
        return f"what the stages make now cannot be read: {error}"
    if kind(ours) != kind(theirs):
        return f"kind: the log has {kind(ours)}, the stages make {kind(theirs)}"
    return _first(fields(ours), fields(theirs), "") or "the bytes, though every field reads the same"


def _first(written: Any, derived: Any, at: str) -> str | None:
    if isinstance(written, dict) and isinstance(derived, dict):
        pairs = ((f"{at}.{name}".lstrip("."), written[name], derived[name]) for name in written)
        return next((found for name, left, right in pairs if (found := _first(left, right, name))), None)
    if isinstance(written, list) and isinstance(derived, list) and len(written) == len(derived):
        items = enumerate(zip(written, derived, strict=True))
        return next(
            (found for number, (left, right) in items if (found := _first(left, right, f"{at}[{number}]"))), None
        )
    # repr tells -0.0 from 0.0 and takes NaN for itself, as the bytes do.
    return None if repr(written) == repr(derived) else f"{at}: the log has {written}, the stages make {derived}"
