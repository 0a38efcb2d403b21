"""Wilder's moving average."""

from __future__ import annotations

from flows.indicators.parts import Average


class Rma(Average):
    """`average * (n - 1) / n + value / n`, begun by the mean of the first n values."""

    def __init__(self, timeperiod: int) -> None:
        count = float(timeperiod)
        super().__init__(timeperiod, (count - 1.0) / count, 1.0 / count)
