"""Wilder's moving average."""

from __future__ import annotations

from flows.indicators.parts import Count, Leap, Part


class Rma(Part):
    """`average * (n - 1) / n + value / n`, begun by the mean of the first n values."""

    MEMORY = ("count", "sum", "average")

    def __init__(self, timeperiod: int) -> None:
        count = float(timeperiod)
        self.keep = (count - 1.0) / count
        self.share = 1.0 / count
        self.count = Count(timeperiod)
        self.sum = 0.0
        """Of the values before there are enough."""
        self.average = Leap(0.0)

    def update(self, close: float) -> float | None:
        if self.count.is_done:
            return self.average.step(self.keep, close * self.share)
        self.sum += close
        self.count.add()
        if not self.count.is_done:
            return None
        mean = self.sum / float(self.count.needed)
        self.average = Leap(mean)
        return mean
