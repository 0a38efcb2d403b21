"""The Coppock curve."""

from __future__ import annotations

from flows.indicators.parts import Part, Window
from flows.indicators.trend.wma import Wma


class Coppock(Part):
    """A weighted average of the sum of two rates of change."""

    MEMORY = ("windows", "average")

    def __init__(self, wmaperiod: int, roc1period: int, roc2period: int) -> None:
        self.windows = (Window(roc1period), Window(roc2period))
        self.average = Wma(wmaperiod)

    def update(self, close: float) -> float | None:
        first, second = self.windows[0].push(close), self.windows[1].push(close)
        if first is None or second is None:
            return None
        return self.average.update((close / first - 1.0) * 100.0 + (close / second - 1.0) * 100.0)
