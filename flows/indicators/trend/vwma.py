"""The volume-weighted moving average."""

from __future__ import annotations

from flows.indicators.number import ratio
from flows.indicators.parts import Part, Sum


class Vwma(Part):
    """The mean of the closes, each as often as was traded at it."""

    MEMORY = ("traded", "volume")

    def __init__(self, timeperiod: int) -> None:
        self.traded = Sum(timeperiod)
        self.volume = Sum(timeperiod)

    def update(self, close: float, volume: float) -> float | None:
        traded = self.traded.push(close * volume)
        total = self.volume.push(volume)
        return None if traded is None or total is None else ratio(traded, total, close)
