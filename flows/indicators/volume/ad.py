"""Accumulation and distribution."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Average, Count, Part, Sum


def clv(high: float, low: float, close: float) -> float:
    """Where the close stands in the bar: -1 at the low, 1 at the high; 0 where high and low are one."""
    return ratio((close - low) - (high - close), high - low, 0.0)


class Ad(Part):
    """The sum of the volume, each by where the close stands in its bar."""

    MEMORY = ("total",)

    def __init__(self) -> None:
        self.total = 0.0

    def update(self, high: float, low: float, close: float, volume: float) -> float:
        self.total += clv(high, low, close) * volume
        return self.total


class Adosc(Part):
    """A fast less a slow exponential average of that sum, both begun by the first (TA-Lib)."""

    MEMORY = ("ad", "count", "fast", "slow")

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.ad = Ad()
        self.count = Count(max(fastperiod, slowperiod) - 1)
        self.fast = _begun_by_the_first(fastperiod)
        self.slow = _begun_by_the_first(slowperiod)

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        total = self.ad.update(high, low, close, volume)
        fast, slow = self.fast.update(total), self.slow.update(total)
        is_warm = self.count.is_done
        self.count.add()
        return None if fast is None or slow is None or not is_warm else fast - slow


def _begun_by_the_first(timeperiod: int) -> Average:
    weight = 2.0 / (float(timeperiod) + 1.0)
    return Average(1, 1.0 - weight, weight)


class Cmf(Part):
    """The same over a window, by its volume; 0 where there is none."""

    MEMORY = ("flow", "volume")

    def __init__(self, timeperiod: int) -> None:
        self.flow = Sum(timeperiod)
        self.volume = Sum(timeperiod)

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        flow, total = self.flow.push(clv(high, low, close) * volume), self.volume.push(volume)
        return None if flow is None or total is None else ratio(flow, total, 0.0)
