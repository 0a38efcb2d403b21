"""Ichimoku kinko hyo."""

from __future__ import annotations

from flows.indicators.parts import Highest, Lowest, Part


class Middle(Part):
    """The middle between the highest high and the lowest low."""

    MEMORY = ("highest", "lowest")

    def __init__(self, length: int) -> None:
        self.highest = Highest(length)
        self.lowest = Lowest(length)

    def push(self, high: float, low: float) -> float | None:
        """Takes a row; the middle once the window is full."""
        highest, lowest = self.highest.push(high), self.lowest.push(low)
        return None if highest is None or lowest is None else (highest + lowest) / 2.0


class Ichimoku(Part):
    """The turning line, the base line, their mean (span a) and the middle of a longer window (span b)."""

    MEMORY = ("tenkan", "kijun", "senkou")

    def __init__(self, tenkan: int, kijun: int, senkou: int) -> None:
        self.tenkan = Middle(tenkan)
        self.kijun = Middle(kijun)
        self.senkou = Middle(senkou)

    def update(self, high: float, low: float) -> tuple[float, float, float, float] | None:
        tenkan, kijun, senkou = self.tenkan.push(high, low), self.kijun.push(high, low), self.senkou.push(high, low)
        if tenkan is None or kijun is None or senkou is None:
            return None
        return tenkan, kijun, (tenkan + kijun) / 2.0, senkou
