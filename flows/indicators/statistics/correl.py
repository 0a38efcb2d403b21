"""How two series go together."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Last, Pairs, Part


class Correl(Part):
    """The correlation of both; 0 where one of them does not move."""

    MEMORY = ("pairs",)

    def __init__(self, timeperiod: int) -> None:
        self.pairs = Pairs(timeperiod)

    def update(self, real0: float, real1: float) -> float | None:
        found = self.pairs.push(real0, real1)
        return None if found is None else found.correlation


class Beta(Part):
    """The slope of the second's changes, as parts, on the first's; 0 where the first does not move."""

    MEMORY = ("last0", "last1", "pairs")

    def __init__(self, timeperiod: int) -> None:
        self.last0 = Last()
        self.last1 = Last()
        self.pairs = Pairs(timeperiod)

    def update(self, real0: float, real1: float) -> float | None:
        last0, last1 = self.last0.push(real0), self.last1.push(real1)
        if last0 is None or last1 is None:
            return None
        found = self.pairs.push((real0 - last0) / last0, (real1 - last1) / last1)
        return None if found is None else ratio(found.product, found.first, 0.0)
