"""Spreads, as trades paid them."""

from __future__ import annotations

import math

from flows.indicators.number import sign
from flows.indicators.parts import Last, Pairs, Part, Sum, Window


class RollSpread(Part):
    """Twice the root of the negated covariance of changes that follow each other; 0 where that is not negative."""

    MEMORY = ("last", "change", "pairs")

    def __init__(self, timeperiod: int) -> None:
        self.count = float(timeperiod)
        self.last = Last()
        self.change = Last()
        self.pairs = Pairs(timeperiod)

    def update(self, price: float) -> float | None:
        last = self.last.push(price)
        before = None if last is None else self.change.push(price - last)
        if last is None or before is None:
            return None
        found = self.pairs.push(price - last, before)
        return None if found is None else 2.0 * math.sqrt(max(-(found.product / self.count), 0.0))


class EffectiveSpread(Part):
    """The mean of twice what the trade paid above the middle, or got below it."""

    MEMORY = ("mean",)

    def __init__(self, timeperiod: int) -> None:
        self.mean = Sum(timeperiod)

    def update(self, price: float, side: float, bid: float, ask: float) -> float | None:
        return self.mean.mean(2.0 * sign(side) * (price - (bid + ask) / 2.0))


class RealisedSpread(Part):
    """The same with the middle of `horizon` rows later: what is left of it for who offered."""

    MEMORY = ("prices", "sides", "mean")

    def __init__(self, timeperiod: int, horizon: int) -> None:
        self.prices = Window(horizon)
        self.sides = Window(horizon)
        self.mean = Sum(timeperiod)

    def update(self, price: float, side: float, bid: float, ask: float) -> float | None:
        then, then_side = self.prices.push(price), self.sides.push(sign(side))
        if then is None or then_side is None:
            return None
        return self.mean.mean(2.0 * then_side * (then - (bid + ask) / 2.0))


class PriceImpact(Part):
    """The mean of twice what the middle moved in the trade's direction over `horizon` rows."""

    MEMORY = ("middles", "sides", "mean")

    def __init__(self, timeperiod: int, horizon: int) -> None:
        self.middles = Window(horizon)
        self.sides = Window(horizon)
        self.mean = Sum(timeperiod)

    def update(self, side: float, bid: float, ask: float) -> float | None:
        middle = (bid + ask) / 2.0
        then, then_side = self.middles.push(middle), self.sides.push(sign(side))
        if then is None or then_side is None:
            return None
        return self.mean.mean(2.0 * then_side * (middle - then))
