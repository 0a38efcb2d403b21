"""Columns of ticks as the kernels take them: whole numbers of an instrument's units, and who bought."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.errors import BadBars
from flows.history.frames.frame import Numbers
from flows.history.nearest import scaled

# Beyond it float64 leaves whole numbers out.
_WHOLE_MAX = 2.0**53


def whole(values: Numbers, name: str, exponent: int) -> NDArray[np.int64]:
    """Counts of 10^exponent: int64 as it is, and float64 where each is the nearest to such a count. Raises BadBars."""
    if values.dtype == np.int64:
        return values.astype(np.int64, copy=False)
    _refuse(~np.isfinite(values), values, name, "NOT_FINITE", "leave such rows out, or fill them")
    counts = np.rint(scaled(values, -exponent))
    problem = f"it is no whole number of 1e{exponent}: round it, or give another exponent"
    _refuse(scaled(counts, exponent) != values, values, name, "NOT_WHOLE", problem)
    problem = f"float64 holds no such count of 1e{exponent}: give int64, or another exponent"
    _refuse(np.abs(counts) > _WHOLE_MAX, values, name, "NOT_WHOLE", problem)
    return counts.astype(np.int64)


def bought(values: NDArray[Any], name: str) -> NDArray[np.bool_]:
    """Of booleans, of 1 and -1, or of buy and sell. Raises BadBars."""
    if values.dtype.kind == "b":
        return values
    if values.dtype.kind in "iuf":
        up, down = values == 1, values == -1
    else:
        up = (values == "buy") | (values == "BUY")
        down = (values == "sell") | (values == "SELL")
    problem = "the aggressor is buy or sell, 1 or -1, True (bought) or False"
    _refuse(~(up | down), values, name, "AGGRESSOR", problem)
    found: NDArray[np.bool_] = up
    return found


def _refuse(wrong: NDArray[np.bool_], values: NDArray[Any], name: str, rule: str, problem: str) -> None:
    rows: list[int] = np.flatnonzero(wrong)[:1].tolist()
    if rows:
        raise BadBars(f"row {rows[0]}: {name} {values[rows[0]]}: {problem}", rule=rule, index=rows[0])
