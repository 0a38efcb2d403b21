"""The zero-lag exponential moving average."""

from __future__ import annotations

from flows.indicators.parts import Part, Window
from flows.indicators.trend.ema import Ema


class Zlema(Part):
    """The exponential average of `2 * close - close (n - 1) / 2 rows ago`."""

    MEMORY = ("window", "average")

    def __init__(self, timeperiod: int) -> None:
        # One longer than the lag, which may be 0: the oldest is then the value itself.
        self.window = Window((timeperiod - 1) // 2 + 1)
        self.average = Ema(timeperiod)

    def update(self, close: float) -> float | None:
        self.window.push(close)
        if not self.window.is_full:
            return None
        return self.average.update(2.0 * close - self.window.oldest)
