"""The ultimate oscillator."""

from __future__ import annotations

from flows.indicators.number import ratio, true_range
from flows.indicators.parts import Last, Part, Sum

_SHARE = 100.0 / 7.0
"""In percent, by all weights."""


class Ultosc(Part):
    """Buying pressure by true range over three windows, weighted 4, 2 and 1; 0 for a window in which nothing moved."""

    MEMORY = ("close", "sums")

    def __init__(self, timeperiod1: int, timeperiod2: int, timeperiod3: int) -> None:
        periods = (timeperiod1, timeperiod2, timeperiod3)
        self.close = Last()
        self.sums = [(Sum(period), Sum(period)) for period in periods]
        """Of pressure and range, each."""

    def update(self, high: float, low: float, close: float) -> float | None:
        last = self.close.push(close)
        if last is None:
            return None
        pressure, moved = close - min(low, last), true_range(high, low, last)
        found = [(pressures.push(pressure), ranges.push(moved)) for pressures, ranges in self.sums]
        total = 0.0
        for weight, (of, by) in zip((4.0, 2.0, 1.0), found, strict=True):
            if of is None or by is None:
                return None
            total += weight * ratio(of, by, 0.0)
        return total * _SHARE
