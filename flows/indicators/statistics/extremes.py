"""Highest and lowest."""

from __future__ import annotations

from flows.indicators.parts import Highest, Lowest, Part


class Max(Part):
    """The highest value."""

    MEMORY = ("highest",)

    def __init__(self, timeperiod: int) -> None:
        self.highest = Highest(timeperiod)

    def update(self, real: float) -> float | None:
        return self.highest.push(real)


class Min(Part):
    """The lowest value."""

    MEMORY = ("lowest",)

    def __init__(self, timeperiod: int) -> None:
        self.lowest = Lowest(timeperiod)

    def update(self, real: float) -> float | None:
        return self.lowest.push(real)
