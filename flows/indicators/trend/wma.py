"""The linearly weighted moving average."""

from __future__ import annotations

from flows.indicators.parts import Line, Part, Quads


class Wma(Part):
    """Weights n for the newest value to 1 for the oldest."""

    MEMORY = ("way",)

    def __init__(self, timeperiod: int) -> None:
        self.way = Quads(timeperiod) if timeperiod <= Quads.LONGEST else Line(timeperiod)
        self.share = 2.0 / (float(timeperiod) * (float(timeperiod) + 1.0))
        """One by the sum of the weights."""

    def update(self, close: float) -> float | None:
        if isinstance(self.way, Quads):
            return self.way.push(close)
        if not self.way.push(close):
            return None
        return self.way.center + self.way.weighted * self.share
