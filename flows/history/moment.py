"""Points in time as callers give them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from flows import times
from flows.errors import BadBars

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def at_ns(given: str | int | datetime) -> int:
    """ISO 8601 (UTC unless it names an offset), a datetime that names its zone, or nanoseconds: nanoseconds since 1970.

    Raises BadBars, BadTime.
    """
    if isinstance(given, str):
        return times.parse(given)
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise BadBars(
                f"{given} names no time zone: give a datetime that does, as datetime(..., tzinfo=timezone.utc)"
            )
        return since_epoch_ns(given)
    return int(given)


def since_epoch_ns(at: datetime) -> int:
    """Of a datetime that names its zone."""
    return (at - _EPOCH) // timedelta(microseconds=1) * 1_000
