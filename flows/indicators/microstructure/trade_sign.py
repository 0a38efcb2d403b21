"""How long trades keep to one side."""

from __future__ import annotations

from flows.indicators.number import sign
from flows.indicators.parts import Pairs, Part, Window


class TradeSignAutocorrelation(Part):
    """The correlation of the trades' signs with those of `lag` trades before; 0 where all are on one side."""

    MEMORY = ("signs", "pairs")

    def __init__(self, timeperiod: int, lag: int) -> None:
        self.signs = Window(lag)
        self.pairs = Pairs(timeperiod)

    def update(self, side: float) -> float | None:
        now = sign(side)
        before = self.signs.push(now)
        found = None if before is None else self.pairs.push(now, before)
        return None if found is None else found.correlation
