"""The linearly weighted moving average."""

from __future__ import annotations

from flows.indicators.parts import Line, Part


class Wma(Part):
    """Weights n for the newest value to 1 for the oldest."""

    MEMORY = ("line",)

    def __init__(self, timeperiod: int) -> None:
        self.line = Line(timeperiod)
        self.share = 2.0 / (float(timeperiod) * (float(timeperiod) + 1.0))
        """One by the sum of the weights."""

    def update(self, close: float) -> float | None:
        if not self.line.push(close):
            return None
        return self.line.center + self.line.weighted * self.share
