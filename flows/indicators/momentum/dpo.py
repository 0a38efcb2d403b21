"""The detrended price oscillator."""

from __future__ import annotations

from flows.indicators.parts import Part, Sum, Window


class Dpo(Part):
    """The close of n / 2 + 1 rows ago less the mean of the window now: nothing of the future is used."""

    MEMORY = ("window", "mean")

    def __init__(self, timeperiod: int) -> None:
        self.window = Window(timeperiod // 2 + 1)
        self.mean = Sum(timeperiod)

    def update(self, close: float) -> float | None:
        before, mean = self.window.push(close), self.mean.mean(close)
        return None if before is None or mean is None else before - mean
