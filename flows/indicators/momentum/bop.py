"""The balance of power."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Part


class Bop(Part):
    """The body of the bar by its range; 0 where it has none."""

    MEMORY = ()

    def update(self, open: float, high: float, low: float, close: float) -> float | None:
        return ratio(close - open, high - low, 0.0)
