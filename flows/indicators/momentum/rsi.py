"""The relative strength index."""

from __future__ import annotations

from flows.indicators.number import STILL, ratio, rested
from flows.indicators.parts import Count, Last, Part


class Changes(Part):
    """Wilder's averages of gains and losses, begun by the mean of the first n.

    Where nothing moves any more both die away together; once they are less than STILL they stay. Where the price goes
    one way only, the other one comes to rest at zero.
    """

    MEMORY = ("last", "count", "gain", "loss")

    def __init__(self, timeperiod: int) -> None:
        self.keep = (float(timeperiod) - 1.0) / float(timeperiod)
        self.share = 1.0 / float(timeperiod)
        self.last = Last()
        self.count = Count(timeperiod)
        self.gain = 0.0
        self.loss = 0.0

    def push(self, close: float) -> bool:
        """Takes a value; true once the averages are of use."""
        last = self.last.push(close)
        if last is None:
            return False
        change = close - last
        gain = change if change > 0.0 else 0.0
        loss = 0.0 if change > 0.0 else 0.0 - change
        if self.count.is_done:
            if change != 0.0 or self.gain + self.loss >= STILL:
                self.gain = rested(self.gain * self.keep + gain * self.share)
                self.loss = rested(self.loss * self.keep + loss * self.share)
            return True
        self.count.add()
        self.gain += gain
        self.loss += loss
        if not self.count.is_done:
            return False
        self.gain /= float(self.count.needed)
        self.loss /= float(self.count.needed)
        return True


class Rsi(Part):
    """The average gain in percent of gain and loss; 0 where nothing ever moved (TA-Lib)."""

    MEMORY = ("changes",)

    def __init__(self, timeperiod: int) -> None:
        self.changes = Changes(timeperiod)

    def update(self, close: float) -> float | None:
        if not self.changes.push(close):
            return None
        return 100.0 * ratio(self.changes.gain, self.changes.gain + self.changes.loss, 0.0)


class Cmo(Part):
    """Gain less loss in percent of both; 0 where nothing ever moved."""

    MEMORY = ("changes",)

    def __init__(self, timeperiod: int) -> None:
        self.changes = Changes(timeperiod)

    def update(self, close: float) -> float | None:
        if not self.changes.push(close):
            return None
        gain, loss = self.changes.gain, self.changes.loss
        return 100.0 * ratio(gain - loss, gain + loss, 0.0)
