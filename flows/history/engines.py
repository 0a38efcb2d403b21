"""The two engines that aggregate bars, with the same arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flows import _native
from flows.history.frames.frame import Numbers
from flows.history.session import Spans
from flows.kernels import aggregate_bars as kernel


class Made(NamedTuple):
    """Columns of the longer bars."""

    opens_ns: NDArray[np.int64]
    closes_ns: NDArray[np.int64]
    prices: Sequence[Numbers]
    sums: Sequence[Numbers]


Engine = Callable[[NDArray[np.int64], Sequence[Numbers], Sequence[Numbers], Spans, kernel.BarPlan], Made]


def _rust(
    times_ns: NDArray[np.int64], prices: Sequence[Numbers], sums: Sequence[Numbers], spans: Spans, plan: kernel.BarPlan
) -> Made:
    terms = (plan.interval_ns, plan.length_ns, plan.is_filled, plan.is_partial, plan.end_ns)
    (opens_ns, closes_ns), made_prices, made_sums = _native.aggregate_bars(times_ns, prices, sums, spans, terms)
    return Made(opens_ns, closes_ns, made_prices, made_sums)


def _python(
    times_ns: NDArray[np.int64], prices: Sequence[Numbers], sums: Sequence[Numbers], spans: Spans, plan: kernel.BarPlan
) -> Made:
    rows = kernel.BarColumns(
        times_ns.tolist(), [values.tolist() for values in prices], [values.tolist() for values in sums]
    )
    starts_ns, ends_ns = spans
    made = kernel.aggregate_bars(rows, kernel.Sessions(starts_ns.tolist(), ends_ns.tolist()), plan)
    return Made(
        np.array(made.opens_ns, np.int64),
        np.array(made.closes_ns, np.int64),
        _arrays(made.prices, prices),
        _arrays(made.sums, sums),
    )


def _arrays(columns: Sequence[kernel.Numbers], like: Sequence[Numbers]) -> list[Numbers]:
    def array(values: kernel.Numbers, one: Numbers) -> Numbers:
        return np.array(values, np.int64) if one.dtype == np.int64 else np.array(values, np.float64)

    return [array(values, one) for values, one in zip(columns, like, strict=True)]


ENGINES: Mapping[str, Engine] = MappingProxyType({"rust": _rust, "python": _python})
"""By the names that they have in Tapeflow's configuration."""
