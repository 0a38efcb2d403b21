"""How two series go together."""

from __future__ import annotations

import math
from typing import NamedTuple

from flows.indicators.number import REST, ratio
from flows.indicators.parts.part import Part
from flows.indicators.parts.run import Run
from flows.indicators.parts.window import Window


class Together(NamedTuple):
    """Of a full window."""

    first: float
    """Sum of squared deviations of the first series."""
    second: float
    """Of the second."""
    product: float
    """Sum of the products of both deviations."""

    @property
    def correlation(self) -> float:
        """-1 to 1; 0 where one of them does not move."""
        found = ratio(self.product, math.sqrt(self.first * self.second), 0.0)
        return max(min(found, 1.0), -1.0)


class Pairs(Part):
    """Sums of squared deviations and of their products, of two series over a window.

    The centers, and why the sums begin anew: see `Moments`.
    """

    MEMORY = ("windows", "centers", "sums", "next_centers", "next_sums", "runs")

    def __init__(self, length: int) -> None:
        self.share = 1.0 / float(length)
        """Of each value in the mean."""
        self.windows = (Window(length), Window(length))
        self.centers = [0.0, 0.0]
        self.sums = [0.0] * 5
        self.next_centers = [0.0, 0.0]
        self.next_sums = [0.0] * 5
        self.runs = (Run(length), Run(length))

    def push(self, first: float, second: float) -> Together | None:
        """Takes a pair; the sums once the window is full."""
        values = [first, second]
        if self.runs[0].is_new:
            self.centers = list(values)
            self.next_centers = list(values)
        terms = _terms(first - self.centers[0], second - self.centers[1])
        out_first, out_second = self.windows[0].push(first), self.windows[1].push(second)
        if out_first is not None and out_second is not None:
            out_terms = _terms(out_first - self.centers[0], out_second - self.centers[1])
            self.sums = [total + (term - out) for total, term, out in zip(self.sums, terms, out_terms, strict=True)]
        else:
            self.sums = [total + term for total, term in zip(self.sums, terms, strict=True)]
        terms = _terms(first - self.next_centers[0], second - self.next_centers[1])
        self.next_sums = [total + term for total, term in zip(self.next_sums, terms, strict=True)]
        if self.windows[0].is_round:
            self.centers = self.next_centers
            self.sums = self.next_sums
            pairs = zip(self.centers, self.sums, strict=False)
            self.next_centers = [center + total * self.share for center, total in pairs]
            self.next_sums = [0.0] * 5
        flat = [run.push(value) for run, value in zip(self.runs, values, strict=True)]
        if not self.windows[0].is_full:
            return None
        x, y, xx, yy, xy = self.sums
        first = 0.0 if flat[0] else xx - x * (x * self.share)
        second = 0.0 if flat[1] else yy - y * (y * self.share)
        product = xy - x * (y * self.share) if first > REST and second > REST else 0.0
        return Together(first if first > REST else 0.0, second if second > REST else 0.0, product)


def _terms(x: float, y: float) -> list[float]:
    return [x, y, x * x, y * y, x * y]
