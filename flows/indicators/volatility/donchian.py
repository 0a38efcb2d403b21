"""The Donchian channel."""

from __future__ import annotations

from flows.indicators.parts import Highest, Lowest, Part


class Donchian(Part):
    """The highest high, the middle, and the lowest low."""

    MEMORY = ("highest", "lowest")

    def __init__(self, timeperiod: int) -> None:
        self.highest = Highest(timeperiod)
        self.lowest = Lowest(timeperiod)

    def update(self, high: float, low: float) -> tuple[float, float, float] | None:
        highest, lowest = self.highest.push(high), self.lowest.push(low)
        return None if highest is None or lowest is None else (highest, (highest + lowest) / 2.0, lowest)
