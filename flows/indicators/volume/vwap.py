"""The volume-weighted average price."""

from __future__ import annotations

from flows.indicators.number import ratio, typical
from flows.indicators.parts import Last, Part


class Vwap(Part):
    """Turnover at the typical price by volume, since the first row; the typical price itself before there is volume."""

    MEMORY = ("traded", "volume")

    def __init__(self) -> None:
        self.traded = 0.0
        self.volume = 0.0

    def update(self, high: float, low: float, close: float, volume: float) -> float | None:
        price = typical(high, low, close)
        self.traded += price * volume
        self.volume += volume
        return ratio(self.traded, self.volume, price)


class AnchoredVwap(Part):
    """The same since the row at which `session` was last another number."""

    MEMORY = ("session", "vwap")

    def __init__(self) -> None:
        self.session = Last()
        self.vwap = Vwap()

    def update(self, high: float, low: float, close: float, volume: float, session: float) -> float | None:
        if self.session.push(session) != session:
            self.vwap = Vwap()
        return self.vwap.update(high, low, close, volume)
