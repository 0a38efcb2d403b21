"""What trading does to the price."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Last, Pairs, Part, Sum


class KyleLambda(Part):
    """The slope of the price's changes on the signed volume behind them; 0 where that does not vary."""

    MEMORY = ("last", "pairs")

    def __init__(self, timeperiod: int) -> None:
        self.last = Last()
        self.pairs = Pairs(timeperiod)

    def update(self, price: float, signed_volume: float) -> float | None:
        last = self.last.push(price)
        found = None if last is None else self.pairs.push(signed_volume, price - last)
        return None if found is None else ratio(found.product, found.first, 0.0)


class Amihud(Part):
    """The mean of the return's size by the turnover, over rows with volume; 0 where there are none."""

    MEMORY = ("last", "moves", "counts")

    def __init__(self, timeperiod: int) -> None:
        self.last = Last()
        self.moves = Sum(timeperiod)
        self.counts = Sum(timeperiod)

    def update(self, close: float, volume: float) -> float | None:
        last = self.last.push(close)
        if last is None:
            return None
        moves = self.moves.push(ratio(abs(close / last - 1.0), close * volume, 0.0))
        counts = self.counts.push(1.0 if volume > 0.0 else 0.0)
        return None if moves is None or counts is None else ratio(moves, counts, 0.0)
