"""Aroon: how long ago the extremes were."""

from __future__ import annotations

from flows.indicators.parts import LatestHighest, Part


class Aroon(Part):
    """Down and up: 100 where the lowest low, the highest high, of n + 1 rows is now, 0 where it was n rows ago."""

    MEMORY = ("lowest", "highest")

    def __init__(self, timeperiod: int) -> None:
        self.timeperiod = timeperiod
        self.lowest = LatestHighest(timeperiod + 1)
        self.highest = LatestHighest(timeperiod + 1)

    def update(self, high: float, low: float) -> tuple[float, float] | None:
        low_age, high_age = self.lowest.push(-low), self.highest.push(high)
        if low_age is None or high_age is None:
            return None
        length = float(self.timeperiod)
        return 100.0 * ((length - float(low_age)) / length), 100.0 * ((length - float(high_age)) / length)


class Aroonosc(Part):
    """Up less down."""

    MEMORY = ("aroon",)

    def __init__(self, timeperiod: int) -> None:
        self.aroon = Aroon(timeperiod)

    def update(self, high: float, low: float) -> float | None:
        found = self.aroon.update(high, low)
        return None if found is None else found[1] - found[0]
