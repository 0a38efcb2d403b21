"""The choppiness index."""

from __future__ import annotations

import math

from flows.indicators.number import REST
from flows.indicators.parts import Highest, Lowest, Part, Sum
from flows.indicators.volatility.atr import TrueRange


class Choppiness(Part):
    """How much longer the way was than the window is high, as a logarithm: 100 for all to and fro. 100 where nothing
    moved."""

    MEMORY = ("range", "way", "highest", "lowest")

    def __init__(self, timeperiod: int) -> None:
        self.scale = math.log10(float(timeperiod))
        self.range = TrueRange()
        self.way = Sum(timeperiod)
        self.highest = Highest(timeperiod)
        self.lowest = Lowest(timeperiod)

    def update(self, high: float, low: float, close: float) -> float | None:
        moved = self.range.push(high, low, close)
        way = None if moved is None else self.way.push(moved)
        highest, lowest = self.highest.push(high), self.lowest.push(low)
        if way is None or highest is None or lowest is None:
            return None
        height = highest - lowest
        return 100.0 * (math.log10(way / height) / self.scale) if height > REST and way > REST else 100.0
