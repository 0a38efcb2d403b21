"""The sum of the newest values."""

from __future__ import annotations

from flows.indicators.parts.part import Part
from flows.indicators.parts.run import Run
from flows.indicators.parts.window import Window


class Sum(Part):
    """The sum over a window, which forgets what left it.

    The running sum takes each value in and out, and would keep the rounding of all that ever passed. So a second one
    begins anew each time the ring is round, and takes its place at the next: no error is older than two windows. Where
    all values of the window are the same, the sum is that value times their number.
    """

    MEMORY = ("window", "total", "fresh", "run")

    def __init__(self, length: int) -> None:
        self.share = 1.0 / float(length)
        """Of each value in the mean."""
        self.window = Window(length)
        self.total = 0.0
        self.fresh = 0.0
        self.run = Run(length)

    def push(self, value: float) -> float | None:
        """Takes a value; the sum once the window is full."""
        self._take(value)
        return self.total if self.window.is_full else None

    def mean(self, value: float) -> float | None:
        """As `push`, by the number of values; of equal values it is that value."""
        flat = self._take(value)
        mean = value if flat else self.total * self.share
        return mean if self.window.is_full else None

    def _take(self, value: float) -> bool:
        """Takes a value; whether all in the window are the same."""
        out = self.window.push(value)
        self.total += value if out is None else value - out
        self.fresh += value
        if self.window.is_round:
            self.total = self.fresh
            self.fresh = 0.0
        flat = self.run.push(value)
        if flat:
            self.total = value * float(len(self.window))
        return flat
