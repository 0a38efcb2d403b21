"""The median."""

from __future__ import annotations

from collections.abc import Iterator

from flows.indicators.parts import Part, Window


class Median(Part):
    """The middle value, or the mean of the two in the middle."""

    MEMORY = ("window",)

    def __init__(self, timeperiod: int) -> None:
        self.window = Window(timeperiod)
        self.count = 0
        self.ordered = [0.0] * timeperiod
        """Ascending, the first `count` of them; follows from the window."""

    def update(self, real: float) -> float | None:
        # So that zero has no sign: of two equal values it is one which leaves.
        value = real + 0.0
        out = self.window.push(value)
        end = self.count
        if out is not None:
            end -= 1
            place = self._place(out, end + 1)
            for index in range(place, end):
                self.ordered[index] = self.ordered[index + 1]
        place = self._place(value, end)
        for index in range(end, place, -1):
            self.ordered[index] = self.ordered[index - 1]
        self.ordered[place] = value
        self.count = end + 1
        if not self.window.is_full:
            return None
        middle = self.count // 2
        if self.count % 2 == 1:
            return self.ordered[middle]
        return (self.ordered[middle - 1] + self.ordered[middle]) / 2.0

    def _place(self, value: float, count: int) -> int:
        """Of the first that is not less."""
        place = 0
        while place < count and self.ordered[place] < value:
            place += 1
        return place

    def take_up(self, numbers: Iterator[float]) -> None:
        super().take_up(numbers)
        self.count = len(self.ordered) if self.window.is_full else self.window.place
        self.ordered[: self.count] = sorted(value + 0.0 for value in self.window.values[: self.count])
