"""VPIN: how one-sided the flow is, in the clock of volume.

D. Easley, M. M. López de Prado and M. O'Hara, "Flow Toxicity and Liquidity in a High-Frequency World", Review of
Financial Studies 25 (2012): the volume is cut into buckets of one size V, and over the last n of them

    VPIN = sum(|buy - sell|) / (n x V)

A bucket is a bar here, and n x V what the buckets hold together: bars of one volume (`volume:10`) are the authors'
buckets, but for the trade that ends one, which is not split. Time bars are buckets of unequal size, and weigh by it.
The aggressor is known, so nothing has to be guessed of who bought.
"""

from __future__ import annotations

from collections import deque


class FlowToxicity:
    """One series' window. Sums are exact, so that what leaves the window leaves no trace."""

    def __init__(self, buckets: int) -> None:
        self._buckets = buckets
        self.bought: deque[int] = deque()
        """Oldest first."""
        self.sold: deque[int] = deque()
        self._imbalance = 0
        self._volume = 0

    def add(self, bought: int, sold: int) -> None:
        if len(self.bought) == self._buckets:
            self._count(self.bought.popleft(), self.sold.popleft(), -1)
        self.bought.append(bought)
        self.sold.append(sold)
        self._count(bought, sold, 1)

    def _count(self, bought: int, sold: int, sign: int) -> None:
        self._imbalance += sign * abs(bought - sold)
        self._volume += sign * (bought + sold)

    def vpin(self) -> float | None:
        """0 to 1; None until the window is full."""
        if len(self.bought) < self._buckets or self._volume <= 0:
            return None
        return float(self._imbalance) / float(self._volume)
