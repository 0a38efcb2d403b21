"""Wilder's moving average."""

from __future__ import annotations

from flows.indicators.number import rested
from flows.indicators.parts import Part


class Rma(Part):
    """`(average * (n - 1) + value) / n`, begun by the mean of the first n values."""

    MEMORY = ("count", "average")

    def __init__(self, timeperiod: int) -> None:
        self.timeperiod = timeperiod
        self.count = 0
        self.average = 0.0
        """The sum of the values before there are enough."""

    def update(self, close: float) -> float | None:
        length = float(self.timeperiod)
        if self.count == self.timeperiod:
            self.average = rested((self.average * (length - 1.0) + close) / length)
            return self.average
        self.count += 1
        self.average += close
        if self.count < self.timeperiod:
            return None
        self.average /= length
        return self.average
