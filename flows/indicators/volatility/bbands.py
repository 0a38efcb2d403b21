"""Bollinger bands, and what is read from them."""

from __future__ import annotations

import math

from flows.indicators.number import ratio
from flows.indicators.parts import Moments, Part


class Bbands(Part):
    """The mean, and so many standard deviations above and below."""

    MEMORY = ("moments",)

    def __init__(self, timeperiod: int, nbdevup: float, nbdevdn: float) -> None:
        self.count = float(timeperiod)
        self.nbdevup = nbdevup
        self.nbdevdn = nbdevdn
        self.moments = Moments(timeperiod)

    def update(self, close: float) -> tuple[float, float, float] | None:
        found = self.moments.push(close)
        if found is None:
            return None
        mean, spread = found
        deviation = math.sqrt(spread / self.count)
        return mean + self.nbdevup * deviation, mean, mean - self.nbdevdn * deviation


class BbandsPercentB(Part):
    """Where the close stands between the bands: 0 at the lower, 1 at the upper; 0.5 where they are one."""

    MEMORY = ("bands",)

    def __init__(self, timeperiod: int, nbdevup: float, nbdevdn: float) -> None:
        self.bands = Bbands(timeperiod, nbdevup, nbdevdn)

    def update(self, close: float) -> float | None:
        found = self.bands.update(close)
        return None if found is None else ratio(close - found[2], found[0] - found[2], 0.5)


class BbandsWidth(Part):
    """How far the bands are apart, by the mean."""

    MEMORY = ("bands",)

    def __init__(self, timeperiod: int, nbdevup: float, nbdevdn: float) -> None:
        self.bands = Bbands(timeperiod, nbdevup, nbdevdn)

    def update(self, close: float) -> float | None:
        found = self.bands.update(close)
        return None if found is None else (found[0] - found[2]) / found[1]
