"""Directional movement and the two directional indicators."""

from __future__ import annotations

from flows.indicators.number import STILL, ratio, rested, true_range
from flows.indicators.parts import Count, Last, Part


class Movement(Part):
    """How far a row reaches beyond the one before: up or down, whichever is more, or neither."""

    MEMORY = ("high", "low")

    def __init__(self) -> None:
        self.high = Last()
        self.low = Last()

    def push(self, high: float, low: float) -> tuple[float, float] | None:
        """Takes a row; plus and minus movement from the second on."""
        last_high, last_low = self.high.push(high), self.low.push(low)
        if last_high is None or last_low is None:
            return None
        up, down = high - last_high, last_low - low
        plus = up if up > 0.0 and up > down else 0.0
        minus = down if down > 0.0 and down > up else 0.0
        return plus, minus


class Directions(Part):
    """Wilder's sums of both movements and of the true range: the first of n - 1 rows, then less an n-th, plus the new.

    Where nothing moves all three die away together; once the range is less than STILL they stay. Where the price goes
    one way only, or only within its range, the movement that is not there comes to rest at zero.
    """

    MEMORY = ("movement", "close", "count", "plus", "minus", "range")

    def __init__(self, timeperiod: int) -> None:
        self.keep = (float(timeperiod) - 1.0) / float(timeperiod)
        self.movement = Movement()
        self.close = Last()
        self.count = Count(timeperiod - 1)
        self.plus = 0.0
        self.minus = 0.0
        self.range = 0.0

    def push(self, high: float, low: float, close: float) -> bool:
        """Takes a row; true once the sums are of use."""
        movement, last_close = self.movement.push(high, low), self.close.push(close)
        if movement is None or last_close is None:
            return False
        plus, minus = movement
        moved = true_range(high, low, last_close)
        if not self.count.is_done:
            self.count.add()
            self.plus += plus
            self.minus += minus
            self.range += moved
            return False
        if moved > 0.0 or self.range >= STILL:
            self.plus = rested(self.plus * self.keep + plus)
            self.minus = rested(self.minus * self.keep + minus)
            self.range = self.range * self.keep + moved
        return True


class WilderSum(Part):
    """The sum of the first n - 1 values, then less an n-th, plus the new."""

    MEMORY = ("count", "total")

    def __init__(self, timeperiod: int) -> None:
        self.keep = (float(timeperiod) - 1.0) / float(timeperiod)
        self.count = Count(timeperiod - 1)
        self.total = 0.0

    def push(self, value: float) -> float | None:
        """Takes a value; the sum from the (n - 1)-th on."""
        if self.count.is_done:
            self.total = rested(self.total * self.keep + value)
            return self.total
        self.count.add()
        self.total += value
        return self.total if self.count.is_done else None


class PlusDm(Part):
    """Wilder's sum of the movements upwards."""

    MEMORY = ("movement", "sum")

    def __init__(self, timeperiod: int) -> None:
        self.movement = Movement()
        self.sum = WilderSum(timeperiod)

    def update(self, high: float, low: float) -> float | None:
        movement = self.movement.push(high, low)
        return None if movement is None else self.sum.push(movement[0])


class MinusDm(Part):
    """Wilder's sum of the movements downwards."""

    MEMORY = ("movement", "sum")

    def __init__(self, timeperiod: int) -> None:
        self.movement = Movement()
        self.sum = WilderSum(timeperiod)

    def update(self, high: float, low: float) -> float | None:
        movement = self.movement.push(high, low)
        return None if movement is None else self.sum.push(movement[1])


class PlusDi(Part):
    """The movement upwards in percent of the true range."""

    MEMORY = ("directions",)

    def __init__(self, timeperiod: int) -> None:
        self.directions = Directions(timeperiod)

    def update(self, high: float, low: float, close: float) -> float | None:
        if not self.directions.push(high, low, close):
            return None
        return 100.0 * ratio(self.directions.plus, self.directions.range, 0.0)


class MinusDi(Part):
    """The movement downwards in percent of the true range."""

    MEMORY = ("directions",)

    def __init__(self, timeperiod: int) -> None:
        self.directions = Directions(timeperiod)

    def update(self, high: float, low: float, close: float) -> float | None:
        if not self.directions.push(high, low, close):
            return None
        return 100.0 * ratio(self.directions.minus, self.directions.range, 0.0)
