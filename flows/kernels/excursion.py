"""A measure over a window, and the band around zero that it is held against: strategies act when it leaves the band,
not while it is outside."""

from __future__ import annotations

from flows.errors import StageConfigError
from flows.kernels.config import Fields

_WINDOW_MAX = 10_000


class Band:
    """How many values a measure is of, and how far from zero the band reaches."""

    def __init__(self, fields: Fields, window: int, edge_hundredths: int) -> None:
        """Takes `window` and `edge_hundredths`, by default these. Raises StageConfigError."""
        self.window = fields.whole("window", window)
        edge_hundredths = fields.whole("edge_hundredths", edge_hundredths)
        fields.end()
        if not (1 <= self.window <= _WINDOW_MAX and 0 < edge_hundredths < 2**31):
            raise StageConfigError(
                f"{fields.at('window')}, edge_hundredths: need 1 <= window <= {_WINDOW_MAX} and a positive edge"
            )
        self.edge = float(edge_hundredths) / 100.0

    def zone(self, value: float) -> int:
        """1 above the band, -1 below it, 0 within; a value on the edge is within."""
        return int(value > self.edge) - int(value < -self.edge)


def left(before: int, now: int) -> int:
    """To which side it left the band just now; 0 if it did not."""
    return now if now != before else 0
