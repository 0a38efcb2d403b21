"""The Keltner channel."""

from __future__ import annotations

from flows.indicators.number import typical
from flows.indicators.parts import Part
from flows.indicators.trend.ema import Ema
from flows.indicators.volatility.atr import Atr


class Keltner(Part):
    """The exponential average of the typical price, and so many average true ranges above and below."""

    MEMORY = ("average", "atr")

    def __init__(self, timeperiod: int, atrperiod: int, nbdev: float) -> None:
        self.nbdev = nbdev
        self.average = Ema(timeperiod)
        self.atr = Atr(atrperiod)

    def update(self, high: float, low: float, close: float) -> tuple[float, float, float] | None:
        middle, atr = self.average.update(typical(high, low, close)), self.atr.update(high, low, close)
        if middle is None or atr is None:
            return None
        return middle + self.nbdev * atr, middle, middle - self.nbdev * atr
