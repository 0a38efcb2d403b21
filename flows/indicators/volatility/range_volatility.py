"""Volatility of the bars' ranges: standard deviations, times the root of the rows in a year."""

from __future__ import annotations

import math

from flows.indicators.parts import Last, Moments, Part, Sum


class Parkinson(Part):
    """Of high and low: the mean square of their logarithms' difference by 4 ln 2."""

    MEMORY = ("terms",)

    def __init__(self, timeperiod: int, rows_per_year: float) -> None:
        self.rows_per_year = rows_per_year
        self.terms = Sum(timeperiod)

    def update(self, high: float, low: float) -> float | None:
        way = math.log(high / low)
        term = way * way
        mean = self.terms.mean(term)
        return None if mean is None else math.sqrt(max(mean / (4.0 * math.log(2.0)), 0.0) * self.rows_per_year)


class GarmanKlass(Part):
    """Of all four prices: half the square of high by low, less `2 ln 2 - 1` times that of close by open."""

    MEMORY = ("terms",)

    def __init__(self, timeperiod: int, rows_per_year: float) -> None:
        self.rows_per_year = rows_per_year
        self.terms = Sum(timeperiod)

    def update(self, open: float, high: float, low: float, close: float) -> float | None:
        way, body = math.log(high / low), math.log(close / open)
        term = 0.5 * way * way - (2.0 * math.log(2.0) - 1.0) * body * body
        mean = self.terms.mean(term)
        return None if mean is None else math.sqrt(max(mean, 0.0) * self.rows_per_year)


class RogersSatchell(Part):
    """Of all four prices, whatever the drift."""

    MEMORY = ("terms",)

    def __init__(self, timeperiod: int, rows_per_year: float) -> None:
        self.rows_per_year = rows_per_year
        self.terms = Sum(timeperiod)

    def update(self, open: float, high: float, low: float, close: float) -> float | None:
        term = drift_free(math.log(high / open), math.log(low / open), math.log(close / open))
        mean = self.terms.mean(term)
        return None if mean is None else math.sqrt(max(mean, 0.0) * self.rows_per_year)


class YangZhang(Part):
    """The variance from close to open, plus k times that from open to close, plus 1 - k times Rogers and Satchell's."""

    MEMORY = ("close", "overnight", "body", "terms")

    def __init__(self, timeperiod: int, rows_per_year: float) -> None:
        count = float(timeperiod)
        self.freedom = count - 1.0
        self.rows_per_year = rows_per_year
        self.weight = 0.34 / (1.34 + (count + 1.0) / (count - 1.0))
        self.close = Last()
        self.overnight = Moments(timeperiod)
        self.body = Moments(timeperiod)
        self.terms = Sum(timeperiod)

    def update(self, open: float, high: float, low: float, close: float) -> float | None:
        last = self.close.push(close)
        if last is None:
            return None
        moved = math.log(close / open)
        overnight, body = self.overnight.push(math.log(open / last)), self.body.push(moved)
        mean = self.terms.mean(drift_free(math.log(high / open), math.log(low / open), moved))
        if overnight is None or body is None or mean is None:
            return None
        variance = overnight[1] / self.freedom + self.weight * (body[1] / self.freedom) + (1.0 - self.weight) * mean
        return math.sqrt(max(variance, 0.0) * self.rows_per_year)


def drift_free(up: float, down: float, moved: float) -> float:
    """Rogers and Satchell's term, of the logarithms of high, low and close by open."""
    return up * (up - moved) + down * (down - moved)
