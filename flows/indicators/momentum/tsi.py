"""The true strength index."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Last, Part
from flows.indicators.trend.ema import Ema


class Tsi(Part):
    """The change, twice smoothed, in percent of its size, twice smoothed; 0 where nothing moved."""

    MEMORY = ("last", "changes", "sizes")

    def __init__(self, firstperiod: int, secondperiod: int) -> None:
        self.last = Last()
        self.changes = (Ema(firstperiod), Ema(secondperiod))
        self.sizes = (Ema(firstperiod), Ema(secondperiod))

    def update(self, close: float) -> float | None:
        last = self.last.push(close)
        if last is None:
            return None
        change, size = self.changes[0].update(close - last), self.sizes[0].update(abs(close - last))
        if change is None or size is None:
            return None
        change, size = self.changes[1].update(change), self.sizes[1].update(size)
        return None if change is None or size is None else 100.0 * ratio(change, size, 0.0)
