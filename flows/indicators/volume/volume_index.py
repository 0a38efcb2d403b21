"""Prices followed on some days only, and the volume of their changes."""

from __future__ import annotations

from flows.indicators.number import LARGE, rested
from flows.indicators.parts import Last, Part


class Pvt(Part):
    """The sum of the volume, each by how much the close has risen, as a part."""

    MEMORY = ("close", "total")

    def __init__(self) -> None:
        self.close = Last()
        self.total = 0.0

    def update(self, close: float, volume: float) -> float | None:
        last = self.close.push(close)
        if last is not None:
            self.total += volume * ((close - last) / last)
        return self.total


class Nvi(Part):
    """1,000 at first, and as the close on rows with less volume than the one before."""

    MEMORY = ("close", "volume", "value")

    def __init__(self) -> None:
        self.close = Last()
        self.volume = Last()
        self.value = 1000.0

    def update(self, close: float, volume: float) -> float | None:
        last, last_volume = self.close.push(close), self.volume.push(volume)
        if last is not None and last_volume is not None and volume < last_volume:
            self.value = rested(min(self.value * (close / last), LARGE))
        return self.value


class Pvi(Part):
    """1,000 at first, and as the close on rows with more volume than the one before."""

    MEMORY = ("close", "volume", "value")

    def __init__(self) -> None:
        self.close = Last()
        self.volume = Last()
        self.value = 1000.0

    def update(self, close: float, volume: float) -> float | None:
        last, last_volume = self.close.push(close), self.volume.push(volume)
        if last is not None and last_volume is not None and volume > last_volume:
            self.value = rested(min(self.value * (close / last), LARGE))
        return self.value
