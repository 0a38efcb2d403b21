"""The commodity channel index."""

from __future__ import annotations

from flows.indicators.number import ratio, typical
from flows.indicators.parts import Part, Sum


class Cci(Part):
    """The typical price less its mean, by 0.015 of the mean deviation from that; 0 where there is none."""

    MEMORY = ("sum",)

    def __init__(self, timeperiod: int) -> None:
        self.count = float(timeperiod)
        self.sum = Sum(timeperiod)

    def update(self, high: float, low: float, close: float) -> float | None:
        price = typical(high, low, close)
        mean = self.sum.mean(price)
        if mean is None:
            return None
        deviation = 0.0
        for value in self.sum.window:
            deviation += abs(value - mean)
        return ratio(price - mean, 0.015 * (deviation / self.count), 0.0)
