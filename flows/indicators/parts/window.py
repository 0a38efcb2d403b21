"""The newest values of a series."""

from __future__ import annotations

from collections.abc import Iterator

from flows.indicators.parts.part import Part, place_within


class Window(Part):
    """A ring of the newest `length` values."""

    MEMORY = ("place", "is_full", "values")

    def __init__(self, length: int) -> None:
        self.place = 0
        """Where the next value goes; values taken since the ring was gone round."""
        self.is_full = False
        self.values = [0.0] * length

    def push(self, value: float) -> float | None:
        """Takes a value; the one that it pushes out, of `length` values before; None until the window was full."""
        out = self.values[self.place] if self.is_full else None
        self.values[self.place] = value
        self.place += 1
        if self.place == len(self.values):
            self.place = 0
            self.is_full = True
        return out

    @property
    def is_round(self) -> bool:
        """The ring has just been gone round: all values in it came since it was here last."""
        return self.place == 0

    @property
    def oldest(self) -> float:
        """The oldest value of a full window."""
        return self.values[self.place]

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[float]:
        """The values of a full window, oldest first."""
        yield from self.values[self.place :]
        yield from self.values[: self.place]

    def take_up(self, numbers: Iterator[float]) -> None:
        super().take_up(numbers)
        place_within(self.place, len(self.values))
