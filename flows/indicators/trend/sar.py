"""The parabolic stop and reverse."""

from __future__ import annotations

from flows.indicators.number import rested
from flows.indicators.parts import Last, Part


class Sar(Part):
    """A stop that follows the price faster and faster, never into the range of the last two rows; once it is reached
    the other side begins, at the extreme so far."""

    MEMORY = ("high", "low", "begun", "is_long", "stop", "extreme", "factor")

    def __init__(self, acceleration: float, maximum: float) -> None:
        self.step = min(acceleration, maximum)
        self.maximum = maximum
        self.high = Last()
        self.low = Last()
        self.begun = False
        self.is_long = False
        self.stop = 0.0
        """Of the row to come."""
        self.extreme = 0.0
        self.factor = 0.0

    def update(self, high: float, low: float) -> float | None:
        last_high, last_low = self.high.push(high), self.low.push(low)
        if last_high is None or last_low is None:
            return None
        if not self.begun:
            self.begun = True
            up, down = high - last_high, last_low - low
            self.is_long = not (down > 0.0 and up < down)
            self.extreme = high if self.is_long else low
            self.stop = last_low if self.is_long else last_high
            self.factor = self.step
            # The first row's range is left out.
            last_high, last_low = high, low
        return (
            self._long(high, low, last_high, last_low) if self.is_long else self._short(high, low, last_high, last_low)
        )

    def _long(self, high: float, low: float, last_high: float, last_low: float) -> float:
        if low <= self.stop:
            self.is_long = False
            stop = max(max(self.extreme, last_high), high)
            self._reverse(low, stop)
            self.stop = max(max(self.stop, last_high), high)
            return stop
        stop = self.stop
        if high > self.extreme:
            self._reach(high)
        self._follow(stop)
        self.stop = min(min(self.stop, last_low), low)
        return stop

    def _short(self, high: float, low: float, last_high: float, last_low: float) -> float:
        if high >= self.stop:
            self.is_long = True
            stop = min(min(self.extreme, last_low), low)
            self._reverse(high, stop)
            self.stop = min(min(self.stop, last_low), low)
            return stop
        stop = self.stop
        if low < self.extreme:
            self._reach(low)
        self._follow(stop)
        self.stop = max(max(self.stop, last_high), high)
        return stop

    def _reverse(self, extreme: float, stop: float) -> None:
        self.factor = self.step
        self.extreme = extreme
        self._follow(stop)

    def _reach(self, extreme: float) -> None:
        self.extreme = extreme
        self.factor = min(self.factor + self.step, self.maximum)

    def _follow(self, stop: float) -> None:
        self.stop = rested(stop * (1.0 - self.factor) + self.extreme * self.factor)
