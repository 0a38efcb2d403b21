"""Price oscillators: a fast average less a slow one."""

from __future__ import annotations

from flows.indicators.parts import Part
from flows.indicators.trend.macd import EmaPair


class Apo(Part):
    """The difference of both exponential averages, which begin together."""

    MEMORY = ("pair",)

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.pair = EmaPair(fastperiod, slowperiod)

    def update(self, close: float) -> float | None:
        pair = self.pair.update(close)
        return None if pair is None else pair[0] - pair[1]


class Ppo(Part):
    """The same in percent of the slow one."""

    MEMORY = ("pair",)

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.pair = EmaPair(fastperiod, slowperiod)

    def update(self, close: float) -> float | None:
        pair = self.pair.update(close)
        return None if pair is None else (pair[0] - pair[1]) / pair[1] * 100.0
