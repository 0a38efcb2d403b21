"""The Fisher transform."""

from __future__ import annotations

import math

from flows.indicators.number import ratio, rested
from flows.indicators.parts import Highest, Lowest, Part


class Fisher(Part):
    """The place of the bar's middle in its window, smoothed and drawn out to a bell; and the same a row before.

    A window in which nothing moved has its place in the middle; beyond 0.99 of the way to an end it counts as 0.999
    (Ehlers).
    """

    MEMORY = ("highest", "lowest", "place", "value")

    def __init__(self, timeperiod: int) -> None:
        self.highest = Highest(timeperiod)
        self.lowest = Lowest(timeperiod)
        self.place = 0.0
        self.value = 0.0

    def update(self, high: float, low: float) -> tuple[float, float] | None:
        middle = (high + low) / 2.0
        highest, lowest = self.highest.push(middle), self.lowest.push(middle)
        if highest is None or lowest is None:
            return None
        place = ratio(middle - lowest, highest - lowest, 0.5)
        place = 0.33 * 2.0 * (place - 0.5) + 0.67 * self.place
        if abs(place) > 0.99:
            place = math.copysign(0.999, place)
        self.place = rested(place)
        before = self.value
        self.value = rested(0.5 * math.log((1.0 + self.place) / (1.0 - self.place)) + 0.5 * before)
        return self.value, before
