"""Tillson's T3."""

from __future__ import annotations

from flows.indicators.parts import Part
from flows.indicators.trend.ema import Ema


class T3(Part):
    """A generalised double exponential average of one of one: written out over six exponential averages."""

    MEMORY = ("averages",)

    def __init__(self, timeperiod: int, vfactor: float) -> None:
        self.averages = [Ema(timeperiod) for _ in range(6)]
        square = vfactor * vfactor
        self.sixth = -(square * vfactor)
        self.fifth = 3.0 * (square - self.sixth)
        self.fourth = -6.0 * square - 3.0 * (vfactor - self.sixth)
        self.third = 1.0 + 3.0 * vfactor - self.sixth + 3.0 * square

    def update(self, close: float) -> float | None:
        values = [close]
        for average in self.averages:
            value = average.update(values[-1])
            if value is None:
                return None
            values.append(value)
        return self.sixth * values[6] + self.fifth * values[5] + self.fourth * values[4] + self.third * values[3]
