"""The double exponential moving average."""

from __future__ import annotations

from flows.indicators.parts import Part
from flows.indicators.trend.ema import Ema


class Dema(Part):
    """`2 * ema - ema(ema)`."""

    MEMORY = ("first", "second")

    def __init__(self, timeperiod: int) -> None:
        self.first = Ema(timeperiod)
        self.second = Ema(timeperiod)

    def update(self, close: float) -> float | None:
        first = self.first.update(close)
        second = None if first is None else self.second.update(first)
        return None if first is None or second is None else 2.0 * first - second
