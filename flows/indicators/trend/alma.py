"""The Arnaud Legoux moving average."""

from __future__ import annotations

import math

from flows.indicators.parts import Part, Window


class Alma(Part):
    """Weights of a bell that stands at `offset` of the window and is `timeperiod / sigma` wide."""

    MEMORY = ("window",)

    def __init__(self, timeperiod: int, offset: float, sigma: float) -> None:
        self.window = Window(timeperiod)
        middle = offset * (float(timeperiod) - 1.0)
        width = float(timeperiod) / sigma
        self.weights = []
        total = 0.0
        for place in range(timeperiod):
            off = float(place) - middle
            weight = math.exp(-(off * off) / (2.0 * width * width))
            total += weight
            self.weights.append(weight)
        self.total = total

    def update(self, close: float) -> float | None:
        self.window.push(close)
        if not self.window.is_full:
            return None
        weighted = 0.0
        for weight, value in zip(self.weights, self.window, strict=True):
            weighted += weight * value
        return weighted / self.total
