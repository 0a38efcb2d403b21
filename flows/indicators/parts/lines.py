"""Sums for straight lines and linear weights."""

from __future__ import annotations

from flows.indicators.parts.part import Part
from flows.indicators.parts.run import Run
from flows.indicators.parts.window import Window


class Line(Part):
    """Sum, and sum weighted 1 for the oldest to `length` for the newest, of a window's values less a center.

    The center, and why the sums begin anew: see `Moments`.
    """

    MEMORY = (
        "window",
        "center",
        "sum",
        "weighted",
        "next_center",
        "next_sum",
        "next_weighted",
        "run",
    )

    def __init__(self, length: int) -> None:
        self.window = Window(length)
        self.center = 0.0
        self.sum = 0.0
        self.weighted = 0.0
        self.next_center = 0.0
        self.next_sum = 0.0
        self.next_weighted = 0.0
        self.run = Run(length)

    def push(self, value: float) -> bool:
        """Takes a value; true once the window is full, and the sums are of use."""
        length = len(self.window)
        if self.run.is_new:
            self.center = value
            self.next_center = value
        weight = float(self.window.place + 1)
        off = value - self.center
        out = self.window.push(value)
        if out is not None:
            self.weighted += float(length) * off - self.sum
            self.sum += off - (out - self.center)
        else:
            self.weighted += weight * off
            self.sum += off
        next_off = value - self.next_center
        self.next_sum += next_off
        self.next_weighted += weight * next_off
        if self.window.is_round:
            self.center = self.next_center
            self.sum = self.next_sum
            self.weighted = self.next_weighted
            self.next_center = self.center + self.sum / float(length)
            self.next_sum = 0.0
            self.next_weighted = 0.0
        if self.run.push(value):
            self.center = value
            self.sum = 0.0
            self.weighted = 0.0
        return self.window.is_full
