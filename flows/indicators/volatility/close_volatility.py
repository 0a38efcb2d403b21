"""Volatility of closes."""

from __future__ import annotations

import math

from flows.indicators.parts import Highest, Last, Moments, Part, Sum


class HistoricalVolatility(Part):
    """The sample standard deviation of the logarithms' changes, times the root of the rows in a year."""

    MEMORY = ("last", "moments")

    def __init__(self, timeperiod: int, rows_per_year: float) -> None:
        self.freedom = float(timeperiod) - 1.0
        self.rows_per_year = rows_per_year
        self.last = Last()
        self.moments = Moments(timeperiod)

    def update(self, close: float) -> float | None:
        last = self.last.push(close)
        found = None if last is None else self.moments.push(math.log(close / last))
        return None if found is None else math.sqrt(found[1] / self.freedom * self.rows_per_year)


class Ulcer(Part):
    """The root of the mean square of how far the close is below the window's highest, in percent."""

    MEMORY = ("highest", "squares")

    def __init__(self, timeperiod: int) -> None:
        self.highest = Highest(timeperiod)
        self.squares = Sum(timeperiod)

    def update(self, close: float) -> float | None:
        highest = self.highest.push(close)
        if highest is None:
            return None
        below = 100.0 * ((close - highest) / highest)
        mean = self.squares.mean(below * below)
        return None if mean is None else math.sqrt(max(mean, 0.0))
