"""Price oscillators: a fast average less a slow one."""

from __future__ import annotations

from flows.indicators.parts import Part
from flows.indicators.trend.ema import Ema


class Apo(Part):
    """The difference of two exponential averages."""

    MEMORY = ("fast", "slow")

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.fast = Ema(min(fastperiod, slowperiod))
        self.slow = Ema(max(fastperiod, slowperiod))

    def update(self, close: float) -> float | None:
        fast, slow = self.fast.update(close), self.slow.update(close)
        return None if fast is None or slow is None else fast - slow


class Ppo(Part):
    """The same in percent of the slow one."""

    MEMORY = ("fast", "slow")

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.fast = Ema(min(fastperiod, slowperiod))
        self.slow = Ema(max(fastperiod, slowperiod))

    def update(self, close: float) -> float | None:
        fast, slow = self.fast.update(close), self.slow.update(close)
        return None if fast is None or slow is None else (fast - slow) / slow * 100.0
