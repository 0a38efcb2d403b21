"""The highest and the lowest of the newest values."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flows.indicators.parts.part import Part, place_within


class _Extreme(Part):
    """The highest, or the lowest, of a window, in a few steps a value whatever comes.

    M. van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels" (1992): a
    ring has on one side the values since it was round, whose extreme runs along, and on the other the values of the
    round before, each replaced by the extreme from there to the round's end. Zero has no sign in it.
    """

    MEMORY = ("place", "is_full", "running", "ring")

    def __init__(self, length: int, of: Callable[[float, float], float]) -> None:
        self.of = of
        self.place = 0
        """Where the next value goes."""
        self.is_full = False
        self.running = 0.0
        """Of the values since the ring was round."""
        self.ring = [0.0] * length

    def push(self, value: float) -> float | None:
        """Takes a value; the extreme once the window is full."""
        value += 0.0
        self.running = value if self.place == 0 else self.of(self.running, value)
        self.ring[self.place] = value
        self.place += 1
        if self.place == len(self.ring):
            self._turn()
            return self.running
        return self.of(self.running, self.ring[self.place]) if self.is_full else None

    def _turn(self) -> None:
        """The round is over: each value becomes the extreme from there on."""
        self.place = 0
        self.is_full = True
        extreme = self.ring[-1]
        for place in reversed(range(len(self.ring))):
            extreme = self.of(extreme, self.ring[place])
            self.ring[place] = extreme

    def take_up(self, numbers: Iterator[float]) -> None:
        super().take_up(numbers)
        place_within(self.place, len(self.ring))


class Highest(_Extreme):
    """The highest of a window."""

    def __init__(self, length: int) -> None:
        super().__init__(length, max)


class Lowest(_Extreme):
    """The lowest of a window."""

    def __init__(self, length: int) -> None:
        super().__init__(length, min)


class LatestHighest(Part):
    """How many rows ago the highest of a window was; of equals the latest. Works as `Highest` does."""

    MEMORY = ("place", "is_full", "running", "running_place", "ring", "places")

    def __init__(self, length: int) -> None:
        self.place = 0
        self.is_full = False
        self.running = 0.0
        self.running_place = 0
        self.ring = [0.0] * length
        self.places = [0] * length
        """Where the highest from there to the round's end stood."""

    def push(self, value: float) -> int | None:
        """Takes a value; the rows since the highest once the window is full."""
        if self.place == 0 or value >= self.running:
            self.running = value
            self.running_place = self.place
        self.ring[self.place] = value
        newest = self.place
        self.place += 1
        if self.place == len(self.ring):
            self._turn()
            return newest - self.running_place
        if not self.is_full:
            return None
        if self.ring[self.place] > self.running:
            return newest + len(self.ring) - self.places[self.place]
        return newest - self.running_place

    def _turn(self) -> None:
        self.place = 0
        self.is_full = True
        best = len(self.ring) - 1
        highest = self.ring[best]
        for place in reversed(range(len(self.ring))):
            if self.ring[place] > highest:
                highest = self.ring[place]
                best = place
            self.ring[place] = highest
            self.places[place] = best

    def take_up(self, numbers: Iterator[float]) -> None:
        super().take_up(numbers)
        for place in (self.place, *self.places):
            place_within(place, len(self.ring))
        # It stands before the next value's place; at a round's begin it is of no use.
        place_within(self.running_place, self.place or len(self.ring))
