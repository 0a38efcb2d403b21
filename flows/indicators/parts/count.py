"""How much of what is needed has come."""

from __future__ import annotations

from collections.abc import Iterator

from flows.indicators.parts.part import Part, place_within


class Count(Part):
    """A count up to a number that the parameters give."""

    MEMORY = ("found",)

    def __init__(self, needed: int) -> None:
        self.found = 0
        self.needed = needed

    @property
    def is_done(self) -> bool:
        """As many have come as are needed."""
        return self.found == self.needed

    def add(self) -> None:
        """One more, if it is not done."""
        self.found = min(self.found + 1, self.needed)

    def take_up(self, numbers: Iterator[float]) -> None:
        super().take_up(numbers)
        place_within(self.found, self.needed + 1)
