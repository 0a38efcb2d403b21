"""On-balance volume."""

from __future__ import annotations

from flows.indicators.parts import Last, Part


class Obv(Part):
    """The volume of rows that rose less that of rows that fell, begun by the first row's volume (TA-Lib)."""

    MEMORY = ("close", "total")

    def __init__(self) -> None:
        self.close = Last()
        self.total = 0.0

    def update(self, close: float, volume: float) -> float | None:
        last = self.close.push(close)
        if last is None:
            self.total = volume
        elif close > last:
            self.total += volume
        elif close < last:
            self.total -= volume
        return self.total
