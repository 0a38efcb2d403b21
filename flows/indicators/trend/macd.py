"""Moving average convergence/divergence, and the pair of averages that it is made of."""

from __future__ import annotations

from flows.indicators.parts import Count, Part
from flows.indicators.trend.ema import Ema


class EmaPair(Part):
    """A fast and a slow exponential average, of which the fast one begins so late that both have their first value
    together (TA-Lib). Whichever period is larger is the slow one's."""

    MEMORY = ("left_out", "fast", "slow")

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.left_out = Count(abs(slowperiod - fastperiod))
        """Rows that the fast one leaves out."""
        self.fast = Ema(min(fastperiod, slowperiod))
        self.slow = Ema(max(fastperiod, slowperiod))

    def update(self, close: float) -> tuple[float, float] | None:
        slow = self.slow.update(close)
        if not self.left_out.is_done:
            self.left_out.add()
            return None
        fast = self.fast.update(close)
        return None if fast is None or slow is None else (fast, slow)


class Macd(Part):
    """The fast average less the slow one, its own average (the signal), and the first less the second."""

    MEMORY = ("pair", "signal")

    def __init__(self, fastperiod: int, slowperiod: int, signalperiod: int) -> None:
        self.pair = EmaPair(fastperiod, slowperiod)
        self.signal = Ema(signalperiod)

    def update(self, close: float) -> tuple[float, float, float] | None:
        pair = self.pair.update(close)
        if pair is None:
            return None
        macd = pair[0] - pair[1]
        signal = self.signal.update(macd)
        return None if signal is None else (macd, signal, macd - signal)
