"""What is wrong with bars, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from flows import times
from flows.errors import BadBars
from flows.history.frames.frame import Numbers
from flows.kernels.bar_fault import BarFault, BarRule

_ADVICE = {
    BarRule.TIME_ORDER: "sort the rows by time, and leave out what comes twice",
    BarRule.TIME_RANGE: "times lie between 1678 and 2261",
    BarRule.INTERVAL_UNKNOWN: "a single bar does not tell how long it is: give interval=",
    BarRule.NOT_DIVIDED: "the timeframe is no whole multiple of the bars' length: choose another, or give interval=",
    BarRule.MIXED_INTERVALS: "bars of different lengths: aggregate them apart, or give interval=",
    BarRule.AFTER_END: "it ends behind until=: leave it out, or give a later one",
    BarRule.OUTSIDE_SESSION: "there is no session then: leave it out, or change the session's days and hours",
    BarRule.MISALIGNED: "it does not lie a whole number of bars behind the session's start, or ends behind its end; "
    'if times are those of the close, give stamp="close"',
    BarRule.NOT_FINITE: "leave such rows out, or fill them",
    BarRule.HIGH_BELOW_LOW: "high and low may stand in each other's column",
    BarRule.OUTSIDE_RANGE: "open and close lie between low and high",
    BarRule.NEGATIVE: "what adds up is not negative",
    BarRule.OVERFLOW: "the sum does not fit into 64 bits: count in a larger unit, or in float64",
}


def told(fault: BarFault, times_ns: NDArray[np.int64], columns: Sequence[tuple[str, Numbers]]) -> BadBars:
    """`columns`: as the kernel has them, with their names."""
    where = ""
    if fault.row >= 0:
        where = f"row {fault.row} ({times.iso(int(times_ns[fault.row]))})"
    if fault.column >= 0:
        row = fault.row
        shown = columns[:4] if fault.column < 4 else [columns[fault.column]]
        where += ", " + ", ".join(f"{name} {values[row].item()}" for name, values in shown)
    what = fault.rule.name.lower().replace("_", " ")
    message = ": ".join(part for part in (where, what, _ADVICE[fault.rule]) if part)
    return BadBars(message, rule=fault.rule.name, index=fault.row if fault.row >= 0 else None)
