"""The straight line through the window, by least squares."""

from __future__ import annotations

import math

from flows.indicators.parts import Line, Part


class Fit(Part):
    """Slope and beginning of the line; the oldest row is 0."""

    MEMORY = ("line",)

    def __init__(self, timeperiod: int) -> None:
        self.line = Line(timeperiod, timeperiod)
        """A slope goes through zero, where each digit counts: no rounding is older than two windows."""
        self.count = float(timeperiod)
        self.rows = self.count * (self.count - 1.0) / 2.0
        """The sum of the rows' numbers."""
        self.spread = self.count * self.count * (self.count * self.count - 1.0) / 12.0
        """n times the sum of their squares, less the square of their sum."""

    def push(self, value: float) -> tuple[float, float] | None:
        """Takes a value; slope and beginning once the window is full."""
        if not self.line.push(value):
            return None
        line = self.line
        slope = (self.count * (line.weighted - line.sum) - self.rows * line.sum) / self.spread
        return slope, line.center + (line.sum - slope * self.rows) / self.count


class Linreg(Part):
    """The line at the newest row."""

    MEMORY = ("fit",)

    def __init__(self, timeperiod: int) -> None:
        self.fit = Fit(timeperiod)

    def update(self, close: float) -> float | None:
        found = self.fit.push(close)
        return None if found is None else found[1] + found[0] * (self.fit.count - 1.0)


class LinregSlope(Part):
    """Its slope."""

    MEMORY = ("fit",)

    def __init__(self, timeperiod: int) -> None:
        self.fit = Fit(timeperiod)

    def update(self, close: float) -> float | None:
        found = self.fit.push(close)
        return None if found is None else found[0]


class LinregIntercept(Part):
    """The line at the oldest row."""

    MEMORY = ("fit",)

    def __init__(self, timeperiod: int) -> None:
        self.fit = Fit(timeperiod)

    def update(self, close: float) -> float | None:
        found = self.fit.push(close)
        return None if found is None else found[1]


class LinregAngle(Part):
    """Its slope in degrees."""

    MEMORY = ("fit",)

    def __init__(self, timeperiod: int) -> None:
        self.fit = Fit(timeperiod)

    def update(self, close: float) -> float | None:
        found = self.fit.push(close)
        return None if found is None else math.atan(found[0]) * (180.0 / math.pi)


class Tsf(Part):
    """The line one row after the newest."""

    MEMORY = ("fit",)

    def __init__(self, timeperiod: int) -> None:
        self.fit = Fit(timeperiod)

    def update(self, close: float) -> float | None:
        found = self.fit.push(close)
        return None if found is None else found[1] + found[0] * self.fit.count
