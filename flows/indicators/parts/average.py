"""Averages that remember a part of themselves."""

from __future__ import annotations

from flows.indicators.number import rested
from flows.indicators.parts.count import Count
from flows.indicators.parts.part import Part


class Average(Part):
    """`average * keep + value * share`, begun by the mean of the first n values."""

    MEMORY = ("count", "average")

    def __init__(self, timeperiod: int, keep: float, share: float) -> None:
        self.keep = keep
        self.share = share
        self.count = Count(timeperiod)
        self.average = 0.0
        """The sum of the values before there are enough."""

    def update(self, value: float) -> float | None:
        """Takes a value; the average once there are enough."""
        if self.count.is_done:
            self.average = rested(self.average * self.keep + value * self.share)
            return self.average
        self.average += value
        self.count.add()
        if not self.count.is_done:
            return None
        self.average /= float(self.count.needed)
        return self.average
