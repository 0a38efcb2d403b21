"""State that can be written down as a row of numbers, and taken up by either twin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

_LARGEST_COUNT = 2**53


class BadMemory(ValueError):
    """Numbers that are no memory of this indicator."""


class Part:
    """Has a memory: numbers, counts, switches and parts, named in the order in which the Rust twin names them."""

    MEMORY: ClassVar[tuple[str, ...]] = ()

    def memory(self) -> list[float]:
        """All that it remembers. How many numbers these are follows from the parameters alone."""
        return [number for name in self.MEMORY for number in _numbers(getattr(self, name))]

    def take_up(self, numbers: Iterator[float]) -> None:
        """Goes on from what one of the same parameters remembered. Raises BadMemory, and is then of no use."""
        for name in self.MEMORY:
            setattr(self, name, _taken(getattr(self, name), numbers))


def place_within(place: int, length: int) -> None:
    """Raises BadMemory for a place behind a ring's end."""
    if place >= length:
        raise BadMemory(f"the memory has place {place} in a ring of {length}")


def _numbers(value: Any) -> list[float]:
    if isinstance(value, Part):
        return value.memory()
    if isinstance(value, list | tuple):
        return [number for one in value for number in _numbers(one)]
    return [float(value)]


def _taken(before: Any, numbers: Iterator[float]) -> Any:
    """What takes the place of a value of the same kind."""
    if isinstance(before, Part):
        before.take_up(numbers)
        return before
    if isinstance(before, list | tuple):
        return type(before)([_taken(one, numbers) for one in before])
    number = next(numbers, None)
    if number is None:
        raise BadMemory("the memory has too few numbers")
    if not math.isfinite(number):
        raise BadMemory(f"the memory holds {number}")
    if isinstance(before, bool):
        if number not in (0.0, 1.0):
            raise BadMemory(f"the memory holds {number} where 0 or 1 must be")
        return number == 1.0
    if isinstance(before, int):
        if not 0.0 <= number <= _LARGEST_COUNT or number != int(number):
            raise BadMemory(f"the memory holds {number} where a count must be")
        return int(number)
    return number
