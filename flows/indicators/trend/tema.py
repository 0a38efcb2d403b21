"""The triple exponential moving average."""

from __future__ import annotations

from flows.indicators.parts import Part
from flows.indicators.trend.ema import Ema


class Tema(Part):
    """`3 * ema - 3 * ema(ema) + ema(ema(ema))`."""

    MEMORY = ("first", "second", "third")

    def __init__(self, timeperiod: int) -> None:
        self.first = Ema(timeperiod)
        self.second = Ema(timeperiod)
        self.third = Ema(timeperiod)

    def update(self, close: float) -> float | None:
        first = self.first.update(close)
        second = None if first is None else self.second.update(first)
        third = None if second is None else self.third.update(second)
        if first is None or second is None or third is None:
            return None
        return 3.0 * first - 3.0 * second + third
