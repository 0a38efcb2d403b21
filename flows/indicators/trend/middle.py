"""Middles between extremes."""

from __future__ import annotations

from flows.indicators.parts import Part
from flows.indicators.trend.ichimoku import Middle


class Midpoint(Part):
    """The middle between the highest and the lowest value."""

    MEMORY = ("middle",)

    def __init__(self, timeperiod: int) -> None:
        self.middle = Middle(timeperiod)

    def update(self, close: float) -> float | None:
        return self.middle.push(close, close)


class Midprice(Part):
    """The middle between the highest high and the lowest low."""

    MEMORY = ("middle",)

    def __init__(self, timeperiod: int) -> None:
        self.middle = Middle(timeperiod)

    def update(self, high: float, low: float) -> float | None:
        return self.middle.push(high, low)
