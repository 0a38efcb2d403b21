"""The Hull moving average."""

from __future__ import annotations

import math

from flows.indicators.parts import Part
from flows.indicators.trend.wma import Wma


class Hma(Part):
    """A weighted average over the root of n of `2 * wma(n / 2) - wma(n)`."""

    MEMORY = ("half", "whole", "smooth")

    def __init__(self, timeperiod: int) -> None:
        self.half = Wma(timeperiod // 2)
        self.whole = Wma(timeperiod)
        self.smooth = Wma(math.isqrt(timeperiod))

    def update(self, close: float) -> float | None:
        half = self.half.update(close)
        whole = self.whole.update(close)
        if half is None or whole is None:
            return None
        return self.smooth.update(2.0 * half - whole)
