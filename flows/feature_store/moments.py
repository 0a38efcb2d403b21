"""Moments as callers have them: one or many, in whatever form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows import times
from flows.errors import BadMoment
from flows.history.timeframe import timeframe_ns

# In April 1970: of what counts milliseconds or microseconds since then, all until now is less.
_TOO_EARLY_NS = 10_000_000_000_000_000


def ns_of(given: Any) -> NDArray[np.int64]:
    """Nanoseconds since 1970, UTC, in the order given.

    One moment, or a list, array or column of them: ISO 8601 (UTC unless it names an offset), datetimes that name
    their zone, datetime64 or columns of times (UTC unless they name a zone), whole nanoseconds. Raises BadMoment.
    """
    found_ns = _found_ns(_column(given))
    early = np.flatnonzero((found_ns < _TOO_EARLY_NS) & (found_ns != 0))
    if len(early):
        raise BadMoment(
            f"is {found_ns[early[0]]}: as nanoseconds that is before May 1970; multiply milliseconds by 1_000_000",
            int(early[0]),
        )
    return found_ns


def one_ns(given: str | int | datetime) -> int:
    """Raises BadMoment."""
    return int(ns_of([given])[0])


def length_ns(given: str | int | timedelta) -> int:
    """`30s`, `5m`, a timedelta, or nanoseconds. Raises BadMoment, BadBars."""
    if isinstance(given, str):
        return timeframe_ns(given)
    found = given // timedelta(microseconds=1) * 1_000 if isinstance(given, timedelta) else int(given)
    if found < 0:
        raise BadMoment(f"a length of time of {given} is negative")
    return found


def _found_ns(column: Any) -> NDArray[np.int64]:
    if column.null_count:
        raise BadMoment("is missing: leave such rows out", int(np.flatnonzero(column.is_null().to_numpy(False))[0]))
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return np.array([_parsed(text, row) for row, text in enumerate(column.to_pylist())], np.int64)
    if pa.types.is_timestamp(column.type):
        try:
            return _copied(column.cast(pa.timestamp("ns", column.type.tz)).cast(pa.int64()))
        except pa.ArrowInvalid as error:
            raise BadMoment(f"lies outside of 1678 to 2261 ({error})") from error
    if pa.types.is_integer(column.type):
        return _copied(column.cast(pa.int64()))
    if not len(column):
        return np.empty(0, np.int64)
    raise BadMoment(f"is of type {column.type}: give times, ISO 8601, or whole nanoseconds since 1970")


def _column(given: Any) -> Any:
    """As one Arrow array. Raises BadMoment."""
    if isinstance(given, str | int | datetime | np.datetime64 | np.integer):
        given = [given]
    if isinstance(given, Sequence):
        for row, one in enumerate(given):
            if isinstance(one, datetime) and one.tzinfo is None:
                raise BadMoment(
                    f"is {one}, which names no time zone: give one that does, as datetime(..., tzinfo=timezone.utc)",
                    row,
                )
    try:
        made = given.to_arrow() if hasattr(given, "to_arrow") else given
        made = made if isinstance(made, pa.Array | pa.ChunkedArray) else pa.array(made)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError) as error:
        raise BadMoment(f"cannot be read ({error}): give all of one kind") from error
    return pa.concat_arrays(made.chunks) if isinstance(made, pa.ChunkedArray) else made


def _parsed(text: str, row: int) -> int:
    try:
        return times.parse(text)
    except times.BadTime as error:
        raise BadMoment(f": {error}", row) from error


def _copied(column: Any) -> NDArray[np.int64]:
    found: NDArray[np.int64] = column.to_numpy(zero_copy_only=False).astype(np.int64)
    return found
