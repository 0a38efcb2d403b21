"""Accumulation and distribution."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Count, Leap, Part, Sum


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

    MEMORY = ("ad", "count", "begun", "fast", "slow")

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.ad = Ad()
        self.count = Count(max(fastperiod, slowperiod) - 1)
        self.begun = False
        self.shares = [2.0 / (float(timeperiod) + 1.0) for timeperiod in (fastperiod, slowperiod)]
        self.fast = Leap.at(0.0)
        self.slow = Leap.at(0.0)

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        total = self.ad.update(high, low, close, volume)
        found = self._step(total) if self.begun else self._begin(total)
        is_warm = self.count.is_done
        self.count.add()
        return found if is_warm else None

    def _begin(self, total: float) -> float:
        self.begun = True
        self.fast, self.slow = Leap.at(total), Leap.at(total)
        return 0.0

    def _step(self, total: float) -> float:
        fast, slow = (
            average.step(1.0 - share, total * share)
            for average, share in zip((self.fast, self.slow), self.shares, strict=True)
        )
        return fast - slow


class Cmf(Part):
    """The same over a window, by its volume; 0 where there is none."""

    MEMORY = ("flow", "volume")

    def __init__(self, timeperiod: int) -> None:
        self.flow = Sum(timeperiod)
        self.volume = Sum(timeperiod)

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        flow, total = self.flow.push(clv(high, low, close) * volume), self.volume.push(volume)
        return None if flow is None or total is None else ratio(flow, total, 0.0)
