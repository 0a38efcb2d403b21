"""Stochastic oscillators."""

from __future__ import annotations

from flows.indicators.momentum.rsi import Rsi
from flows.indicators.number import ratio
from flows.indicators.parts import Highest, Lowest, Part, Sum


class Stochastic(Part):
    """Where the close stands between the lowest low and the highest high, in percent; 0 where they are one (TA-Lib)."""

    MEMORY = ("highest", "lowest")

    def __init__(self, length: int) -> None:
        self.highest = Highest(length)
        self.lowest = Lowest(length)

    def push(self, high: float, low: float, close: float) -> float | None:
        """Takes a row; the percentage once the window is full."""
        highest, lowest = self.highest.push(high), self.lowest.push(low)
        if highest is None or lowest is None:
            return None
        return 100.0 * ratio(close - lowest, highest - lowest, 0.0)


class Stochf(Part):
    """The percentage (k) and its mean (d)."""

    MEMORY = ("fastk", "fastd")

    def __init__(self, fastk_period: int, fastd_period: int) -> None:
        self.fastk = Stochastic(fastk_period)
        self.fastd = Sum(fastd_period)

    def update(self, high: float, low: float, close: float) -> tuple[float, float] | None:
        fastk = self.fastk.push(high, low, close)
        fastd = None if fastk is None else self.fastd.mean(fastk)
        return None if fastk is None or fastd is None else (fastk, fastd)


class Stoch(Part):
    """The mean of the percentage (k), and the mean of that (d)."""

    MEMORY = ("fastk", "slowk", "slowd")

    def __init__(self, fastk_period: int, slowk_period: int, slowd_period: int) -> None:
        self.fastk = Stochastic(fastk_period)
        self.slowk = Sum(slowk_period)
        self.slowd = Sum(slowd_period)

    def update(self, high: float, low: float, close: float) -> tuple[float, float] | None:
        fastk = self.fastk.push(high, low, close)
        slowk = None if fastk is None else self.slowk.mean(fastk)
        slowd = None if slowk is None else self.slowd.mean(slowk)
        return None if slowk is None or slowd is None else (slowk, slowd)


class Stochrsi(Part):
    """The fast oscillator of the relative strength index."""

    MEMORY = ("rsi", "stochf")

    def __init__(self, timeperiod: int, fastk_period: int, fastd_period: int) -> None:
        self.rsi = Rsi(timeperiod)
        self.stochf = Stochf(fastk_period, fastd_period)

    def update(self, close: float) -> tuple[float, float] | None:
        rsi = self.rsi.update(close)
        return None if rsi is None else self.stochf.update(rsi, rsi, rsi)


class Willr(Part):
    """How far the close is below the highest high, in percent of the window's range: 0 to -100; 0 where it has none."""

    MEMORY = ("highest", "lowest")

    def __init__(self, timeperiod: int) -> None:
        self.highest = Highest(timeperiod)
        self.lowest = Lowest(timeperiod)

    def update(self, high: float, low: float, close: float) -> float | None:
        highest, lowest = self.highest.push(high), self.lowest.push(low)
        if highest is None or lowest is None:
            return None
        return -100.0 * ratio(highest - close, highest - lowest, 0.0)
