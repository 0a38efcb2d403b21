"""The simple moving average."""

from __future__ import annotations

from flows.indicators.parts import Part, Sum


class Sma(Part):
    """The mean of the newest values."""

    MEMORY = ("sum",)

    def __init__(self, timeperiod: int) -> None:
        self.sum = Sum(timeperiod)

    def update(self, close: float) -> float | None:
        return self.sum.mean(close)
