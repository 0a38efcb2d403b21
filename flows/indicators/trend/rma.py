"""Wilder's moving average."""

from __future__ import annotations

from flows.indicators.number import rested
from flows.indicators.parts import Part


class Rma(Part):
    """`average * (n - 1) / n + value / n`, begun by the mean of the first n values."""

    MEMORY = ("count", "average")

    def __init__(self, timeperiod: int) -> None:
        self.timeperiod = timeperiod
        self.keep = (float(timeperiod) - 1.0) / float(timeperiod)
        self.share = 1.0 / float(timeperiod)
        self.count = 0
        self.average = 0.0
        """The sum of the values before there are enough."""

    def update(self, close: float) -> float | None:
        if self.count == self.timeperiod:
            self.average = rested(self.average * self.keep + close * self.share)
            return self.average
        self.count += 1
        self.average += close
        if self.count < self.timeperiod:
            return None
        self.average /= float(self.timeperiod)
        return self.average
