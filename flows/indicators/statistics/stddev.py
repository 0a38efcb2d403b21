"""Variance and standard deviation."""

from __future__ import annotations

import math

from flows.indicators.number import ratio
from flows.indicators.parts import Moments, Part


class Var(Part):
    """The mean squared deviation from the mean."""

    MEMORY = ("moments",)

    def __init__(self, timeperiod: int) -> None:
        self.share = 1.0 / float(timeperiod)
        """Of each value in the mean."""
        self.moments = Moments(timeperiod)

    def update(self, real: float) -> float | None:
        found = self.moments.push(real)
        return None if found is None else found[1] * self.share


class Stddev(Part):
    """Its root, times `nbdev`."""

    MEMORY = ("var",)

    def __init__(self, timeperiod: int, nbdev: float) -> None:
        self.nbdev = nbdev
        self.var = Var(timeperiod)

    def update(self, real: float) -> float | None:
        var = self.var.update(real)
        return None if var is None else math.sqrt(var) * self.nbdev


class Zscore(Part):
    """How many standard deviations the value is from the mean; 0 where all values are the same."""

    MEMORY = ("moments",)

    def __init__(self, timeperiod: int) -> None:
        self.count = float(timeperiod)
        self.moments = Moments(timeperiod)

    def update(self, real: float) -> float | None:
        found = self.moments.push(real)
        if found is None:
            return None
        mean, spread = found
        return ratio(real - mean, math.sqrt(spread / self.count), 0.0)
