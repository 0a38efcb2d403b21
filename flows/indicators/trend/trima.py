"""The triangular moving average."""

from __future__ import annotations

from flows.indicators.parts import Part, Sum


class Trima(Part):
    """A mean over half the window of means over the other half: weights rise to the middle and fall again."""

    MEMORY = ("inner", "outer")

    def __init__(self, timeperiod: int) -> None:
        self.inner = Sum(timeperiod // 2 + 1)
        self.outer = Sum((timeperiod + 1) // 2)

    def update(self, close: float) -> float | None:
        mean = self.inner.mean(close)
        return None if mean is None else self.outer.mean(mean)
