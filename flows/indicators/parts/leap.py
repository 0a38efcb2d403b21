"""A value that keeps a part of itself, and does not wait for itself at each row."""

from __future__ import annotations

from collections.abc import Iterator

from flows.indicators.number import rested
from flows.indicators.parts.part import Part, place_within

_STRIDE = 4
"""Rows from one base to the next."""


class Leap(Part):
    """`value * keep + change`, row after row; the Rust twin says why it is not taken so."""

    MEMORY = ("base", "rows", "kept", "since")

    def __init__(self, base: float) -> None:
        self.base = base
        self.rows = 0
        """Since the base."""
        self.kept = 0.0
        """How much is kept of the base."""
        self.since = 0.0
        """What came since the base."""

    @classmethod
    def at(cls, base: float) -> Leap:
        """As after the row that it is begun by."""
        leap = cls(base)
        leap.rows, leap.kept = 1, 1.0
        return leap

    def step(self, keep: float, change: float) -> float:
        """Takes a row; the value."""
        if self.rows == 0:
            self.kept, self.since = keep, change
        else:
            self.kept, self.since = self.kept * keep, self.since * keep + change
        value = rested(self.base * self.kept + self.since)
        self.rows += 1
        if self.rows == _STRIDE:
            self.rows = 0
            self.base = value
        return value

    def take_up(self, numbers: Iterator[float]) -> None:
        super().take_up(numbers)
        place_within(self.rows, _STRIDE)
