"""Moves and the volume behind them."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Last, Part, Sum
from flows.indicators.trend.ema import Ema


class Force(Part):
    """The exponential average of the close's change times the volume."""

    MEMORY = ("close", "average")

    def __init__(self, timeperiod: int) -> None:
        self.close = Last()
        self.average = Ema(timeperiod)

    def update(self, close: float, volume: float) -> float | None:
        last = self.close.push(close)
        return None if last is None else self.average.update((close - last) * volume)


class Eom(Part):
    """The mean of the move of the bar's middle by the volume for a range of 1, in units of `divisor`; 0 for a row
    without volume."""

    MEMORY = ("middle", "mean")

    def __init__(self, timeperiod: int, divisor: float) -> None:
        self.divisor = divisor
        self.middle = Last()
        self.mean = Sum(timeperiod)

    def update(self, high: float, low: float, volume: float) -> float | None:
        middle = (high + low) / 2.0
        last = self.middle.push(middle)
        if last is None:
            return None
        return self.mean.mean(ratio((middle - last) * (high - low) * self.divisor, volume, 0.0))
