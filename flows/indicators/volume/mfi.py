"""The money flow index."""

from __future__ import annotations

from flows.indicators.number import ratio, typical
from flows.indicators.parts import Last, Part, Sum


class Mfi(Part):
    """The turnover of rows whose typical price rose, in percent of that of rows in which it moved; 0 where none did."""

    MEMORY = ("last", "rising", "falling")

    def __init__(self, timeperiod: int) -> None:
        self.last = Last()
        self.rising = Sum(timeperiod)
        self.falling = Sum(timeperiod)

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        price = typical(high, low, close)
        last = self.last.push(price)
        if last is None:
            return None
        flow = price * volume
        rising = self.rising.push(flow if price > last else 0.0)
        falling = self.falling.push(flow if price < last else 0.0)
        return None if rising is None or falling is None else 100.0 * ratio(rising, rising + falling, 0.0)
