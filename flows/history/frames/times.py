"""Columns of times as nanoseconds since 1970, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.errors import BadBars

_INT64 = np.dtype(np.int64)
_NS = np.dtype("M8[ns]")
# In April 1970: of what counts milliseconds or microseconds since then, all until now is less.
_TOO_EARLY_NS = 10_000_000_000_000_000


def ns_of(values: NDArray[Any], name: str) -> NDArray[np.int64]:
    """Raises BadBars for no times, for one that is missing, and for numbers that do not count nanoseconds."""
    if values.dtype == _INT64:
        if len(values) and 0 < values[-1] < _TOO_EARLY_NS:
            raise BadBars(
                f"column {name} ends with {values[-1]}: as nanoseconds that is in 1970; multiply milliseconds by "
                "1_000_000, or give datetime64"
            )
        return values
    if values.dtype.kind == "M":
        return _of_datetimes(values, name)
    raise BadBars(f"column {name} is of type {values.dtype}: give datetime64, or int64 nanoseconds since 1970, UTC")


def like(times_ns: NDArray[np.int64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """In the type that they came in."""
    return times_ns.view("M8[ns]").astype(dtype, copy=False) if dtype.kind == "M" else times_ns


def _of_datetimes(values: NDArray[Any], name: str) -> NDArray[np.int64]:
    missing: list[int] = np.flatnonzero(np.isnat(values))[:1].tolist()
    if missing:
        raise BadBars(f"row {missing[0]}: {name} is missing; leave such rows out", rule="TIME_RANGE", index=missing[0])
    if values.dtype != _NS:
        years = values.astype("M8[Y]").view(np.int64) + 1970
        strange: list[int] = np.flatnonzero((years < 1678) | (years > 2261))[:1].tolist()
        if strange:
            row = strange[0]
            raise BadBars(
                f"row {row}: {name} is {values[row]}; times lie between 1678 and 2261", rule="TIME_RANGE", index=row
            )
    times_ns: NDArray[np.int64] = values.astype("M8[ns]", copy=False).view(np.int64)
    return times_ns
