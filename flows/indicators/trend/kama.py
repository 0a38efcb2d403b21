"""Kaufman's adaptive moving average."""

from __future__ import annotations

from flows.indicators.parts import Last, Leap, Part, Sum, Window


class Kama(Part):
    """As quick as a span of 2 where the price goes straight, as slow as one of 30 where it goes to and fro.

    The first average starts from the price before it. A window in which nothing moved counts as straight.
    """

    MEMORY = ("window", "last", "path", "begun", "average")

    def __init__(self, timeperiod: int) -> None:
        self.window = Window(timeperiod)
        self.last = Last()
        self.path = Sum(timeperiod)
        self.begun = False
        self.average = Leap(0.0)

    def update(self, close: float) -> float | None:
        before = self.window.push(close)
        last = self.last.push(close)
        path = None if last is None else self.path.push(abs(close - last))
        if before is None or last is None or path is None:
            return None
        way = abs(close - before)
        efficiency = 1.0 if path <= way else way / path
        root = efficiency * (2.0 / 3.0 - 2.0 / 31.0) + 2.0 / 31.0
        weight = root * root
        if not self.begun:
            self.begun = True
            self.average = Leap(last)
        return self.average.step(1.0 - weight, close * weight)
