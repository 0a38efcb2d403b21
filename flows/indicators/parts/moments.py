"""Mean and spread of the newest values."""

from __future__ import annotations

from flows.indicators.number import REST
from flows.indicators.parts.part import Part
from flows.indicators.parts.run import Run
from flows.indicators.parts.window import Window


class Moments(Part):
    """Mean and sum of squared deviations over a window.

    Values are taken less a center, which is a mean of the series not long ago: sums of squares of the plain values
    would leave nothing of a small spread about a high price. A second pair of sums begins each time the ring is round,
    about the mean of then, and takes the first one's place at the next: no error is older than two windows. Where all
    values of the window are the same, the spread is zero.
    """

    MEMORY = (
        "window",
        "center",
        "sum",
        "squares",
        "next_center",
        "next_sum",
        "next_squares",
        "run",
    )

    def __init__(self, length: int) -> None:
        self.share = 1.0 / float(length)
        """Of each value in the mean."""
        self.window = Window(length)
        self.center = 0.0
        self.sum = 0.0
        self.squares = 0.0
        self.next_center = 0.0
        self.next_sum = 0.0
        self.next_squares = 0.0
        self.run = Run(length)

    def push(self, value: float) -> tuple[float, float] | None:
        """Takes a value; mean and sum of squared deviations from it once the window is full."""
        if self.run.is_new:
            self.center = value
            self.next_center = value
        off = value - self.center
        out = self.window.push(value)
        if out is not None:
            out_off = out - self.center
            self.sum += off - out_off
            self.squares += off * off - out_off * out_off
        else:
            self.sum += off
            self.squares += off * off
        next_off = value - self.next_center
        self.next_sum += next_off
        self.next_squares += next_off * next_off
        if self.window.is_round:
            self.center = self.next_center
            self.sum = self.next_sum
            self.squares = self.next_squares
            self.next_center = self.center + self.sum * self.share
            self.next_sum = 0.0
            self.next_squares = 0.0
        if self.run.push(value):
            self.center = value
            self.sum = 0.0
            self.squares = 0.0
        if not self.window.is_full:
            return None
        mean_off = self.sum * self.share
        spread = self.squares - self.sum * mean_off
        return self.center + mean_off, spread if spread > REST else 0.0
