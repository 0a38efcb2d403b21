"""The exponential moving average."""

from __future__ import annotations

from flows.indicators.parts import Average


class Ema(Average):
    """`average * (1 - weight) + value * weight`, weight `2 / (n + 1)`, begun by the mean of the first n values."""

    def __init__(self, timeperiod: int) -> None:
        weight = 2.0 / (float(timeperiod) + 1.0)
        super().__init__(timeperiod, 1.0 - weight, weight)
