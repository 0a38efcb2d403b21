"""Kyle's lambda: by how much the price moves for a unit of what is bought net.

A. S. Kyle, "Continuous Auctions and Insider Trading", Econometrica 53 (1985): the price changes by lambda x the order
flow. J. Hasbrouck, "Trading Costs and Returns for U.S. Equities", Journal of Finance 64 (2009), estimates it as the
slope of a regression of price changes on signed volume. Through the origin, as Kyle has it:

    lambda = sum(dp x q) / sum(q x q)

over the last `window` bars with volume: `dp` is the change of the close since the bar before, `q` buy less sell volume.
"""

from __future__ import annotations

from collections import deque


class PriceImpact:
    """One series' window."""

    def __init__(self, window: int) -> None:
        self.price_changes: deque[float] = deque(maxlen=window)
        """Quote currency, oldest first."""
        self.signed_volumes: deque[float] = deque(maxlen=window)
        """Base."""

    def add(self, price_change: float, signed_volume: float) -> None:
        self.price_changes.append(price_change)
        self.signed_volumes.append(signed_volume)

    def kyle_lambda(self) -> float | None:
        """Quote currency by base; None until the window is full, and where all flow is 0. Summed anew each time, oldest
        first: a running sum would depend on what has left the window."""
        if len(self.price_changes) < (self.price_changes.maxlen or 0):
            return None
        together = squares = 0.0
        for price_change, signed_volume in zip(self.price_changes, self.signed_volumes, strict=True):
            together += price_change * signed_volume
            squares += signed_volume * signed_volume
        return together / squares if squares > 0.0 else None
