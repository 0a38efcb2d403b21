"""How directional the price is: dx, its average, and the average's average."""

from __future__ import annotations

from flows.indicators.parts import Count, Part, Window
from flows.indicators.trend.directional import Directions


class Dx(Part):
    """The difference of both movements in percent of their sum. Where there is none it stays as it was, at first 0."""

    MEMORY = ("directions", "value")

    def __init__(self, timeperiod: int) -> None:
        self.directions = Directions(timeperiod)
        self.value = 0.0

    def update(self, high: float, low: float, close: float) -> float | None:
        if not self.directions.push(high, low, close):
            return None
        found = directedness(self.directions)
        if found is not None:
            self.value = found
        return self.value


class Adx(Part):
    """Wilder's average of dx, begun by the mean of the first n. A row without movement leaves it as it was."""

    MEMORY = ("directions", "count", "average")

    def __init__(self, timeperiod: int) -> None:
        self.directions = Directions(timeperiod)
        self.count = Count(timeperiod)
        self.average = 0.0
        """The sum of the values before there are enough."""

    def update(self, high: float, low: float, close: float) -> float | None:
        if not self.directions.push(high, low, close):
            return None
        found = directedness(self.directions)
        length = float(self.count.needed)
        if self.count.is_done:
            if found is not None:
                self.average = (self.average * (length - 1.0) + found) / length
            return self.average
        self.count.add()
        if found is not None:
            self.average += found
        if not self.count.is_done:
            return None
        self.average /= length
        return self.average


class Adxr(Part):
    """The mean of adx now and n - 1 rows ago."""

    MEMORY = ("adx", "window")

    def __init__(self, timeperiod: int) -> None:
        self.adx = Adx(timeperiod)
        self.window = Window(timeperiod)

    def update(self, high: float, low: float, close: float) -> float | None:
        adx = self.adx.update(high, low, close)
        if adx is None:
            return None
        self.window.push(adx)
        return (adx + self.window.oldest) / 2.0 if self.window.is_full else None


def directedness(directions: Directions) -> float | None:
    """0 to 100; None without movement."""
    total = directions.plus + directions.minus
    return 100.0 * (abs(directions.plus - directions.minus) / total) if total > 0.0 else None
