"""Supertrend."""

from __future__ import annotations

from flows.indicators.parts import Last, Part
from flows.indicators.volatility.atr import Atr


class Supertrend(Part):
    """A stop `multiplier` average true ranges from the middle of the row, which only moves with the trend; the trend
    turns where the close is beyond it."""

    MEMORY = ("atr", "close", "upper", "lower", "begun", "rising")

    def __init__(self, timeperiod: int, multiplier: float) -> None:
        self.multiplier = multiplier
        self.atr = Atr(timeperiod)
        self.close = Last()
        self.upper = 0.0
        self.lower = 0.0
        self.begun = False
        self.rising = False

    def update(self, high: float, low: float, close: float) -> tuple[float, float] | None:
        atr = self.atr.update(high, low, close)
        last_close = self.close.push(close)
        if atr is None or last_close is None:
            return None
        middle = (high + low) / 2.0
        upper, lower = middle + self.multiplier * atr, middle - self.multiplier * atr
        if not self.begun:
            self.begun = True
            self.upper, self.lower = upper, lower
            self.rising = close >= lower
        else:
            if upper < self.upper or last_close > self.upper:
                self.upper = upper
            if lower > self.lower or last_close < self.lower:
                self.lower = lower
            self.rising = close >= self.lower if self.rising else close > self.upper
        return (self.lower, 1.0) if self.rising else (self.upper, -1.0)
