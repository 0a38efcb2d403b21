"""The mass index."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Part, Sum
from flows.indicators.trend.ema import Ema


class MassIndex(Part):
    """The sum of the bar's range, averaged, by that average's average; 1 a row where nothing moves."""

    MEMORY = ("single", "double", "sum")

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.single = Ema(fastperiod)
        self.double = Ema(fastperiod)
        self.sum = Sum(slowperiod)

    def update(self, high: float, low: float) -> float | None:
        single = self.single.update(high - low)
        double = None if single is None else self.double.update(single)
        return None if single is None or double is None else self.sum.push(ratio(single, double, 1.0))
