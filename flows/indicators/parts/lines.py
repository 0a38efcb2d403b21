"""Sums for straight lines and linear weights."""

from __future__ import annotations

from collections.abc import Iterator

from flows.indicators.parts.part import Part, place_within
from flows.indicators.parts.run import Run
from flows.indicators.parts.window import Window


class Line(Part):
    """Sum, and sum weighted 1 for the oldest to `length` for the newest, of a window's values less a center.

    The center, and why the sums begin anew: see `Moments`. They may last for more than one
    window: those that follow gather while the last passes.
    """

    MEMORY = (
        "window",
        "rounds",
        "center",
        "sum",
        "weighted",
        "next_center",
        "next_sum",
        "next_weighted",
        "run",
    )

    def __init__(self, length: int, lasting: int) -> None:
        """Sums last for whole windows, of so many values together at least."""
        self.window = Window(length)
        self.rounds = 0
        """How often the ring has been gone round since the sums began anew."""
        self.lasting = -(-lasting // length)
        """After so many times they do so."""
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
            self.weighted -= self.sum - float(length) * off
            self.sum += off - (out - self.center)
        else:
            self.weighted += weight * off
            self.sum += off
        if self.rounds + 1 == self.lasting:
            next_off = value - self.next_center
            self.next_sum += next_off
            self.next_weighted += weight * next_off
        if self.window.is_round:
            self._round()
        if self.run.push(value):
            self.center = value
            self.sum = 0.0
            self.weighted = 0.0
        return self.window.is_full

    def _round(self) -> None:
        """The ring is round."""
        self.rounds += 1
        if self.rounds < self.lasting:
            return
        self.rounds = 0
        self.center = self.next_center
        self.sum = self.next_sum
        self.weighted = self.next_weighted
        self.next_center = self.center + self.sum / float(len(self.window))
        self.next_sum = 0.0
        self.next_weighted = 0.0

    def take_up(self, numbers: Iterator[float]) -> None:
        super().take_up(numbers)
        place_within(self.rounds, self.lasting)
