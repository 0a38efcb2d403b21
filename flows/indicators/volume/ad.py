"""Accumulation and distribution."""

from __future__ import annotations

from flows.indicators.number import ratio, rested
from flows.indicators.parts import Part, Sum


def clv(high: float, low: float, close: float) -> float:
    """Where the close stands in the bar: -1 at the low, 1 at the high; 0 where high and low are one."""
    return ratio((close - low) - (high - close), high - low, 0.0)


class Ad(Part):
    """The sum of the volume, each by where the close stands in its bar."""

    MEMORY = ("total",)

    def __init__(self) -> None:
        self.total = 0.0

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        self.total += clv(high, low, close) * volume
        return self.total


class Adosc(Part):
    """A fast less a slow exponential average of that sum, both begun by the first (TA-Lib)."""

    MEMORY = ("total", "count", "fast", "slow")

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.longest = max(fastperiod, slowperiod)
        self.fast_weight = 2.0 / (float(fastperiod) + 1.0)
        self.slow_weight = 2.0 / (float(slowperiod) + 1.0)
        self.total = 0.0
        self.count = 0
        self.fast = 0.0
        self.slow = 0.0

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        self.total += clv(high, low, close) * volume
        if self.count == 0:
            self.fast = self.total
            self.slow = self.total
        else:
            self.fast = rested(self.fast + (self.total - self.fast) * self.fast_weight)
            self.slow = rested(self.slow + (self.total - self.slow) * self.slow_weight)
        if self.count < self.longest:
            self.count += 1
        return self.fast - self.slow if self.count == self.longest else None


class Cmf(Part):
    """The same over a window, by its volume; 0 where there is none."""

    MEMORY = ("flow", "volume")

    def __init__(self, timeperiod: int) -> None:
        self.flow = Sum(timeperiod)
        self.volume = Sum(timeperiod)

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        flow, total = self.flow.push(clv(high, low, close) * volume), self.volume.push(volume)
        return None if flow is None or total is None else ratio(flow, total, 0.0)
