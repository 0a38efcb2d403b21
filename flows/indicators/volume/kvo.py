"""The Klinger volume oscillator."""

from __future__ import annotations

from flows.indicators.parts import Last, Part
from flows.indicators.trend.ema import Ema


class Kvo(Part):
    """A fast less a slow average of the volume force, and that difference's average (the signal).

    The force is the volume by the trend of high + low + close, by how the bar's range compares with all since the trend
    began. 0 where nothing moved.
    """

    MEMORY = ("price", "range", "trend", "all", "fast", "slow", "signal")

    def __init__(self, fastperiod: int, slowperiod: int, signalperiod: int) -> None:
        self.price = Last()
        self.range = 0.0
        self.trend = 0.0
        self.all = 0.0
        """Of the ranges since the trend began."""
        self.fast = Ema(fastperiod)
        self.slow = Ema(slowperiod)
        self.signal = Ema(signalperiod)

    def update(self, high: float, low: float, close: float, volume: float) -> tuple[float, float] | None:
        price, moved = high + low + close, high - low
        last, last_range = self.price.push(price), self.range
        self.range = moved
        if last is None:
            return None
        trend = 1.0 if price > last else -1.0
        self.all = self.all + moved if trend == self.trend else last_range + moved
        self.trend = trend
        force = volume * abs(2.0 * (moved / self.all) - 1.0) * trend * 100.0 if self.all > 0.0 else 0.0
        fast, slow = self.fast.update(force), self.slow.update(force)
        if fast is None or slow is None:
            return None
        signal = self.signal.update(fast - slow)
        return None if signal is None else (fast - slow, signal)
