"""The shape of the values' distribution."""

from __future__ import annotations

import math

from flows.indicators.number import ratio
from flows.indicators.parts import Moments, Part


class Skew(Part):
    """The third moment by the second's to the power 1.5; 0 where all values are the same.

    Within the n that it can be.
    """

    MEMORY = ("moments",)

    def __init__(self, timeperiod: int) -> None:
        self.count = float(timeperiod)
        self.moments = Moments(timeperiod)

    def update(self, real: float) -> float | None:
        found = self.moments.push(real)
        if found is None:
            return None
        mean, spread = found
        cubes = 0.0
        for value in self.moments.window:
            off = value - mean
            cubes += off * off * off
        second = spread / self.count
        skew = ratio(cubes / self.count, second * math.sqrt(second), 0.0)
        return max(min(skew, self.count), -self.count)


class Kurtosis(Part):
    """The fourth moment by the square of the second, less 3; 0 where all values are the same.

    The first within the n that it can be.
    """

    MEMORY = ("moments",)

    def __init__(self, timeperiod: int) -> None:
        self.count = float(timeperiod)
        self.moments = Moments(timeperiod)

    def update(self, real: float) -> float | None:
        found = self.moments.push(real)
        if found is None:
            return None
        mean, spread = found
        fourths = 0.0
        for value in self.moments.window:
            off = value - mean
            square = off * off
            fourths += square * square
        second = spread / self.count
        return min(ratio(fourths / self.count, second * second, 3.0), self.count) - 3.0
