"""True range, and its average."""

from __future__ import annotations

from flows.indicators.number import true_range
from flows.indicators.parts import Last, Part
from flows.indicators.trend.rma import Rma


class TrueRange(Part):
    """The greatest of high less low, high from the last close, and low from the last close."""

    MEMORY = ("close",)

    def __init__(self) -> None:
        self.close = Last()

    def push(self, high: float, low: float, close: float) -> float | None:
        """Takes a row; the range from the second on."""
        last = self.close.push(close)
        return None if last is None else true_range(high, low, last)


class Trange(Part):
    """The true range."""

    MEMORY = ("range",)

    def __init__(self) -> None:
        self.range = TrueRange()

    def update(self, high: float, low: float, close: float) -> float | None:
        return self.range.push(high, low, close)


class Atr(Part):
    """Wilder's average of the true range."""

    MEMORY = ("range", "average")

    def __init__(self, timeperiod: int) -> None:
        self.range = TrueRange()
        self.average = Rma(timeperiod)

    def update(self, high: float, low: float, close: float) -> float | None:
        moved = self.range.push(high, low, close)
        return None if moved is None else self.average.update(moved)


class Natr(Part):
    """The same in percent of the close."""

    MEMORY = ("atr",)

    def __init__(self, timeperiod: int) -> None:
        self.atr = Atr(timeperiod)

    def update(self, high: float, low: float, close: float) -> float | None:
        atr = self.atr.update(high, low, close)
        return None if atr is None else atr / close * 100.0
