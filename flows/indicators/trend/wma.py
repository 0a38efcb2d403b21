"""The linearly weighted moving average."""

from __future__ import annotations

from flows.indicators.parts import Line, Part, Quads

_LASTING = 128
"""Values that sums last for: it is not worth to begin those of a short window anew each time that it passes."""


class Wma(Part):
    """Weights n for the newest value to 1 for the oldest."""

    MEMORY = ("way",)

    def __init__(self, timeperiod: int) -> None:
        self.way = Quads(timeperiod) if timeperiod <= Quads.LONGEST else _On(timeperiod)
        """How the weighted sum is taken."""

    def update(self, close: float) -> float | None:
        return self.way.push(close)


class _On(Part):
    """By the weighted sum before."""

    MEMORY = ("line",)

    def __init__(self, length: int) -> None:
        self.line = Line(length, _LASTING)
        self.share = 2.0 / (float(length) * (float(length) + 1.0))
        """One by the sum of the weights."""

    def push(self, value: float) -> float | None:
        return self.line.center + self.line.weighted * self.share if self.line.push(value) else None
