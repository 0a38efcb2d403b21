"""The exponential moving average."""

from __future__ import annotations

from flows.indicators.number import rested
from flows.indicators.parts import Part


class Ema(Part):
    """`average + (value - average) * 2 / (n + 1)`, begun by the mean of the first n values."""

    MEMORY = ("count", "average")

    def __init__(self, timeperiod: int) -> None:
        self.timeperiod = timeperiod
        self.weight = 2.0 / (float(timeperiod) + 1.0)
        self.count = 0
        self.average = 0.0
        """The sum of the values before there are enough."""

    def update(self, close: float) -> float | None:
        if self.count == self.timeperiod:
            self.average = rested(self.average + (close - self.average) * self.weight)
            return self.average
        self.count += 1
        self.average += close
        if self.count < self.timeperiod:
            return None
        self.average /= float(self.timeperiod)
        return self.average
