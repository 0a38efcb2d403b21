"""The awesome oscillator."""

from __future__ import annotations

from flows.indicators.parts import Part, Sum


class Ao(Part):
    """A fast less a slow mean of the middle of the bar."""

    MEMORY = ("fast", "slow")

    def __init__(self, fastperiod: int, slowperiod: int) -> None:
        self.fast = Sum(fastperiod)
        self.slow = Sum(slowperiod)

    def update(self, high: float, low: float) -> float | None:
        middle = (high + low) / 2.0
        fast, slow = self.fast.mean(middle), self.slow.mean(middle)
        return None if fast is None or slow is None else fast - slow
