"""The vortex indicator."""

from __future__ import annotations

from flows.indicators.number import ratio, true_range
from flows.indicators.parts import Last, Part, Sum


class Vortex(Part):
    """The ways from the last low to the high, and from the last high to the low, by the true range, over n rows."""

    MEMORY = ("high", "low", "close", "plus", "minus", "range")

    def __init__(self, timeperiod: int) -> None:
        self.high = Last()
        self.low = Last()
        self.close = Last()
        self.plus = Sum(timeperiod)
        self.minus = Sum(timeperiod)
        self.range = Sum(timeperiod)

    def update(self, high: float, low: float, close: float) -> tuple[float, float] | None:
        last_high, last_low, last_close = self.high.push(high), self.low.push(low), self.close.push(close)
        if last_high is None or last_low is None or last_close is None:
            return None
        plus = self.plus.push(abs(high - last_low))
        minus = self.minus.push(abs(low - last_high))
        moved = self.range.push(true_range(high, low, last_close))
        if plus is None or minus is None or moved is None:
            return None
        return ratio(plus, moved, 0.0), ratio(minus, moved, 0.0)
