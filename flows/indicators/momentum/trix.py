"""Trix."""

from __future__ import annotations

from flows.indicators.parts import Last, Part
from flows.indicators.trend.ema import Ema


class Trix(Part):
    """The change of a triple exponential average from row to row, in percent."""

    MEMORY = ("first", "second", "third", "last")

    def __init__(self, timeperiod: int) -> None:
        self.first = Ema(timeperiod)
        self.second = Ema(timeperiod)
        self.third = Ema(timeperiod)
        self.last = Last()

    def update(self, close: float) -> float | None:
        first = self.first.update(close)
        second = None if first is None else self.second.update(first)
        third = None if second is None else self.third.update(second)
        last = None if third is None else self.last.push(third)
        return None if third is None or last is None else (third / last - 1.0) * 100.0
