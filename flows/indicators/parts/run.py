"""How long a series has stood still."""

from __future__ import annotations

from collections.abc import Iterator

from flows.indicators.parts.part import Part, place_within


class Run(Part):
    """How often the newest value has come in a row, up to a window's length."""

    MEMORY = ("last", "same")

    def __init__(self, length: int) -> None:
        self.length = length
        self.last = 0.0
        self.same = 0

    def push(self, value: float) -> bool:
        """Takes a value; whether all values of the window are that one."""
        if value != self.last or self.same == 0:
            self.last = value
            self.same = 1
        elif self.same < self.length:
            self.same += 1
        return self.same == self.length

    @property
    def is_new(self) -> bool:
        """No value has come."""
        return self.same == 0

    def take_up(self, numbers: Iterator[float]) -> None:
        super().take_up(numbers)
        place_within(self.same, self.length + 1)
