"""Linear weights of few values."""

from __future__ import annotations

from flows.indicators.parts.part import Part
from flows.indicators.parts.run import Run
from flows.indicators.parts.window import Window

_QUAD = 4
"""Values whose sums are taken together."""


class Quads(Part):
    """The mean of a window weighted 1 for the oldest to `length` for the newest.

    Nothing is carried from one row to the next: each goes through the window, by the sums of four values that follow
    each other. The Rust twin says why it is so.
    """

    LONGEST = 24
    """The longest window that is worth to be gone through."""

    MEMORY = ("window", "run")

    def __init__(self, length: int) -> None:
        self.window = Window(length)
        self.run = Run(length)
        self.share = 2.0 / (float(length) * (float(length) + 1.0))
        """One by the sum of the weights."""

    def push(self, value: float) -> float | None:
        """Takes a value; the mean once the window is full: of equal values it is that value."""
        self.window.push(value)
        flat = self.run.push(value)
        if not self.window.is_full:
            return None
        return value if flat else _weighted(list(self.window)) * self.share


def _weighted(values: list[float]) -> float:
    """The sum of values weighted 1 for the first, 2 for the second, and so on."""
    single = len(values) % _QUAD
    total = below = 0.0
    for value in values[:single]:
        below += 1.0
        total += below * value
    for place in range(single, len(values), _QUAD):
        first, second, third, fourth = values[place : place + _QUAD]
        older, newer = first + second, third + fourth
        weight = (older + second) + (2.0 * newer + (newer + fourth))
        total += below * (older + newer) + weight
        below += float(_QUAD)
    return total
