"""The value before."""

from __future__ import annotations

from flows.indicators.parts.part import Part


class Last(Part):
    """The last value of a series."""

    MEMORY = ("seen", "value")

    def __init__(self) -> None:
        self.seen = False
        self.value = 0.0

    def get(self) -> float | None:
        """The last value; None before the first."""
        return self.value if self.seen else None

    def push(self, value: float) -> float | None:
        """Takes a value; the one before it."""
        before = self.get()
        self.seen = True
        self.value = value
        return before
